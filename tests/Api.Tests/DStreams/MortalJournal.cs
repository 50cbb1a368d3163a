using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A process's way to a journal: from the first row on that is fatal, nothing is written or answered any more, as if the process had been killed.</summary>
internal sealed class MortalJournal(IJournal journal, Func<JournalRows.Row, bool> isFatal) : IJournal
{
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Died => _died.Task;

    public bool IsDurable => journal.IsDurable;

    public string Name => journal.Name;

    public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer)
    {
        if (request.Rows.Any(isFatal))
            _died.TrySetResult();
        if (!Died.IsCompleted)
            journal.Append(request, answer);
    }

    public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail) =>
        journal.Read(request, answer, fail);

    public void Trim(JournalMessages.Trim request)
    {
        if (!Died.IsCompleted)
            journal.Trim(request);
    }
}
