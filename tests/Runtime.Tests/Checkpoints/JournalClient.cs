using System.Collections.Immutable;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>Asks a journal and waits for its answers.</summary>
internal sealed class JournalClient(IJournal journal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static JournalStream Stream { get; } = JournalStream.Coordinator(1);

    public Task<JournalMessages.Appended> Append(long first, params ImmutableArray<JournalRows.Row> rows) => Append(Stream, first, rows);

    public Task<JournalMessages.Appended> Append(JournalStream stream, long first, ImmutableArray<JournalRows.Row> rows)
    {
        var answer = new TaskCompletionSource<JournalMessages.Appended>(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Append(new(stream, first, rows), answer.SetResult);
        return answer.Task.WaitAsync(Patience);
    }

    public Task<AppendOutcome> Append(long first, int count) => Append(first, first, count);

    /// <summary>Rows whose content tells them apart.</summary>
    public async Task<AppendOutcome> Append(long first, long by, int count) =>
        (await Append(Stream, first, [.. Enumerable.Range(0, count).Select(row => new JournalRows.Sealed(by + row))])).Outcome;

    public async Task<ImmutableArray<JournalMessages.NumberedRow>> Read(long from)
    {
        var (read, failed) = await TryRead(Stream, from);
        return read?.Rows ?? throw new InvalidOperationException($"The read failed: {failed!.Reason ?? "no answer"}");
    }

    /// <summary>What the rows of <see cref="Append(long, long, int)"/> hold.</summary>
    public async Task<IEnumerable<long>> ReadContents(long from) => (await Read(from)).Select(row => ((JournalRows.Sealed)row.Row).By);

    /// <summary>Null: no answer.</summary>
    public async Task<IEnumerable<long>?> TryReadContents(long from) =>
        (await TryRead(Stream, from)).Read?.Rows.Select(row => ((JournalRows.Sealed)row.Row).By);

    public async Task<JournalMessages.ReadFailed> ReadFailure(long from)
    {
        var (read, failed) = await TryRead(Stream, from);
        return failed ?? throw new InvalidOperationException($"{read!.Rows.Length} rows were read; a failure expected.");
    }

    public void Trim(long through) => journal.Trim(new(Stream, through));

    private Task<(JournalMessages.RowsRead? Read, JournalMessages.ReadFailed? Failed)> TryRead(JournalStream stream, long from)
    {
        var answer = new TaskCompletionSource<(JournalMessages.RowsRead?, JournalMessages.ReadFailed?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Read(new(stream, from, 7), read => answer.SetResult((read, null)), failed => answer.SetResult((null, failed)));
        return answer.Task.WaitAsync(Patience);
    }
}
