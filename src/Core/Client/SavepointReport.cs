using System.Text;

namespace Millrace.Client;

/// <summary>What a job would take over from a savepoint, and what it would not.</summary>
public sealed record SavepointReport
{
    /// <summary>The savepoint's file.</summary>
    public required string Path { get; init; }

    /// <summary>The job that it was taken of.</summary>
    public required string Job { get; init; }

    /// <summary>The committed epoch that it holds; the job goes on with the next one.</summary>
    public required Data.Epoch Epoch { get; init; }

    /// <summary>What is taken over: sources with their positions, tables of operators; with the parallelism before and now where they differ.</summary>
    public required IReadOnlyList<string> Restored { get; init; }

    /// <summary>Sources and stateful operators that the savepoint knows nothing of: they begin with nothing.</summary>
    public required IReadOnlyList<string> New { get; init; }

    /// <summary>What the savepoint holds and the program has no place for. A start is refused unless <see cref="JobOptions.AllowsLostState"/>.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>What can't be taken over at all: a start is refused.</summary>
    public required IReadOnlyList<string> Refused { get; init; }

    /// <summary>Whether a start loses nothing.</summary>
    public bool IsComplete => Lost.Count == 0 && Refused.Count == 0;

    /// <summary>The report for a person, one line an item.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"savepoint {Path} of job {Job}, {Epoch}\n");
        Append("restored", Restored);
        Append("new", New);
        Append("lost", Lost);
        Append("refused", Refused);
        return text.ToString();

        void Append(string what, IReadOnlyList<string> items)
        {
            foreach (var item in items)
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  {what}: {item}\n");
        }
    }
}
