using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Planning;

/// <summary>Numbers of partitions that a job has been given while it ran, in place of those of its program.</summary>
/// <remarks>
/// <code>
/// rescaled 3 times
/// by default to 4
/// to 8: reduceByKey(lines)
/// </code>
/// </remarks>
/// <param name="Times">How often it has been rescaled: of two, the one with more is the later one.</param>
/// <param name="Parallelism">In place of the job's default; sources keep theirs. Null: the job's.</param>
/// <param name="Operators">Operators by their ids, with the number of each. Of several whose rows stay on their partitions the last one counts for all.</param>
public sealed partial record JobScale(int Times, int? Parallelism, ImmutableArray<(string Operator, int Parallelism)> Operators)
{
    /// <summary>That of a job as its program has it.</summary>
    public static JobScale None { get; } = new(0, null, []);

    /// <summary>The same job with another number of partitions.</summary>
    /// <param name="operator">The operator that gets them; null for all that follow the default.</param>
    /// <param name="parallelism">How many.</param>
    public JobScale With(string? @operator, int parallelism) => @operator is null
        ? this with { Times = Times + 1, Parallelism = parallelism }
        : this with { Times = Times + 1, Operators = Operators.RemoveAll(scaled => scaled.Operator == @operator).Add((@operator, parallelism)) };

    /// <summary>Reads what <see cref="ToString"/> wrote, at the beginning of a text or anywhere in it; <see cref="None"/> where there is none.</summary>
    public static JobScale Find(string text)
    {
        var match = Whole().Match(text);
        if (!match.Success)
            return None;
        var operators = match.Groups["to"].Captures.Zip(match.Groups["name"].Captures, (to, name) => (name.Value, Number(to)));
        return new(
            Number(match.Groups["times"]),
            match.Groups["default"] is { Success: true } byDefault ? Number(byDefault) : null,
            [.. operators]);
    }

    /// <inheritdoc/>
    public override string ToString() => Times == 0 ? "" : string.Concat(
    [
        string.Create(CultureInfo.InvariantCulture, $"rescaled {Times} times\n"),
        Parallelism is { } byDefault ? string.Create(CultureInfo.InvariantCulture, $"by default to {byDefault}\n") : "",
        .. Operators.Select(scaled => string.Create(CultureInfo.InvariantCulture, $"to {scaled.Parallelism}: {scaled.Operator}\n")),
    ]);

    private static int Number(Capture digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^rescaled (?<times>\d{1,9}) times\n(by default to (?<default>\d{1,9})\n)?(to (?<to>\d{1,9}): (?<name>[^\n]*)\n)*", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Whole();
}
