using System.Collections.Immutable;

namespace Millrace.Chaos.Oracle;

/// <summary>How what was found differs from what the oracle expects, as multisets: every occurrence counts.</summary>
/// <param name="Lost">Expected and not there.</param>
/// <param name="Duplicated">There more often than expected, of what is expected at least once.</param>
/// <param name="Unexpected">There, and never expected.</param>
/// <param name="Examples">The first few of them, a line each.</param>
public sealed record Difference(long Lost, long Duplicated, long Unexpected, ImmutableArray<string> Examples)
{
    private const int ExamplesMax = 10;

    /// <summary>No difference.</summary>
    public static Difference None { get; } = new(0, 0, 0, []);

    /// <summary>Whether there is no difference.</summary>
    public bool IsNone => Lost == 0 && Duplicated == 0 && Unexpected == 0;

    /// <summary>Compares strictly; nothing is made distinct first.</summary>
    /// <param name="what">What the rows are, for the examples.</param>
    /// <param name="expected">By the oracle.</param>
    /// <param name="found">In the sink.</param>
    public static Difference Of<T>(string what, Multiset<T> expected, Multiset<T> found)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        var lost = expected.Except(found).ToArray();
        var more = found.Except(expected).ToLookup(expected.Contains);
        return new Difference(
            lost.Length,
            more[true].Count(),
            more[false].Count(),
            [
                .. lost.Take(ExamplesMax).Select(row => $"{what}: lost {row}"),
                .. more[true].Take(ExamplesMax).Select(row => $"{what}: duplicated {row}"),
                .. more[false].Take(ExamplesMax).Select(row => $"{what}: unexpected {row}"),
            ]);
    }

    /// <summary>Both together.</summary>
    public Difference Plus(Difference other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.IsNone)
            return this;
        return new(Lost + other.Lost, Duplicated + other.Duplicated, Unexpected + other.Unexpected, [.. Examples.Concat(other.Examples).Take(3 * ExamplesMax)]);
    }
}
