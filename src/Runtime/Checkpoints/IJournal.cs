using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Where streams of rows are kept. Every append is a compare-and-set on the row's number. Thread-safe.</summary>
/// <remarks>An answer may come on the caller's thread before the call returns, or later on another one; the caller passes it to itself as a message.</remarks>
internal interface IJournal
{
    /// <summary>Whether rows outlive the process: then tasks hand over what they changed (as <see cref="EncodedDelta"/>), and a start goes on where the last one ended.</summary>
    bool IsDurable { get; }

    /// <summary>Where it is kept, for a person.</summary>
    string Name { get; }

    void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer);

    void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail);

    /// <summary>Deletes rows, now or later.</summary>
    void Trim(JournalMessages.Trim request);

    /// <summary>The one line about a row that is damaged or gone.</summary>
    /// <param name="job">Whose.</param>
    /// <param name="stream">Where it stands, or should.</param>
    /// <param name="number">Its number there.</param>
    /// <param name="damage">What was expected and found.</param>
    /// <param name="journal">The journal's <see cref="Name"/>.</param>
    /// <param name="remedy">What helps; null: a backup does.</param>
    static string Damage(string job, JournalStream stream, long number, string damage, string journal, string? remedy = null) =>
        $"Journal of job {job}, stream {stream}, number {number}: {damage}; {remedy ?? $"restore {journal} from a backup"}.";
}
