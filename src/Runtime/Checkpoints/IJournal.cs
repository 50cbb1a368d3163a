using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Where streams of rows are kept. Every append is a compare-and-set on the row's number. Thread-safe.</summary>
/// <remarks>An answer may come on the caller's thread before the call returns, or later on another one; the caller passes it to itself as a message.</remarks>
internal interface IJournal
{
    /// <summary>Whether rows outlive the process: then tasks hand over what they changed (as <see cref="EncodedDelta"/>), and a start goes on where the last one ended.</summary>
    bool IsDurable { get; }

    void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer);

    void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail);

    /// <summary>Deletes rows, now or later.</summary>
    void Trim(JournalMessages.Trim request);
}
