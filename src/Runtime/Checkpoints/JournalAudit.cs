using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Looks, before a job starts, whether its journal still holds what its last start left.</summary>
/// <remarks>
/// Rows that are gone from the end of a stream leave no gap. But what was decided was durable before anything followed on it: a lease
/// before its coordinator's stream, a plan before the rows of its epoch. So what follows on a row that is not there shows the loss.
/// </remarks>
internal sealed class JournalAudit(IJournal journal, string job)
{
    private const int LooksMax = 5;

    private readonly Dictionary<JournalStream, long> _seen = [];
    private readonly HashSet<ProcessUid> _writers = [];
    private readonly Dictionary<ProcessUid, long> _named = [];
    private long _planned;
    private long _committed;

    /// <summary>Whether a job has opened here. A lease alone is no job: its taker died before.</summary>
    public async Task<bool> HoldsJobAsync(CancellationToken cancellationToken) =>
        await LastOpenedAsync(await ReadAsync(JournalStream.Lease, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Compares what is there with what follows on it. Looks again where somebody wrote meanwhile, since one stream is read after the other.</summary>
    /// <returns>Whether a job has opened here.</returns>
    /// <exception cref="CorruptCheckpointException">Rows are damaged or gone; one line that names the first.</exception>
    public static async Task<bool> VerifyAsync(IJournal journal, string job, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var audit = new JournalAudit(journal, job);
            try
            {
                return await audit.LookAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (CorruptCheckpointException) when (look < LooksMax)
            {
                if (!await audit.IsOutOfDateAsync(cancellationToken).ConfigureAwait(false))
                    throw;
            }
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var leases = await ReadAsync(JournalStream.Lease, cancellationToken).ConfigureAwait(false);
        if (leases is [{ Number: > 1 }, ..])
            throw Lost(JournalStream.Lease, 1, "a lease expected, none found");
        var next = JournalStream.Coordinator(leases.Length + 1);
        if (await ReadAsync(next, cancellationToken).ConfigureAwait(false) is [_, ..])
            throw Lost(JournalStream.Lease, leases.Length + 1, $"the lease of {next} expected, none found");
        if (await LastOpenedAsync(leases, cancellationToken).ConfigureAwait(false) is not { } opened)
            return false;
        foreach (var lease in leases)
        {
            if (lease.Number >= (long)opened.Stream.Id && lease.Row is JournalRows.LeaseTaken(var holder))
                _writers.Add(holder);
        }

        if (opened.Rows[0] is { Row: not (JournalRows.Opened or JournalRows.Snapshotted) } first)
            throw Lost(opened.Stream, first.Number, $"the row that opens the stream expected, {first.Row.GetType().Name} found");
        foreach (var row in opened.Rows)
            Fold(opened.Stream, row.Number, row.Row);
        foreach (var writer in _writers)
            await VerifyAsync(writer, opened.Stream, opened.Rows[^1].NextNumber, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // Of the streams in which something is decided: what tasks write follows on that.
    private async Task<ImmutableArray<JournalMessages.NumberedRow>> ReadAsync(JournalStream stream, CancellationToken cancellationToken)
    {
        var rows = await journal.ReadAsync(stream, 1, cancellationToken).ConfigureAwait(false);
        _seen[stream] = EndOf(rows);
        return rows;
    }

    private async Task<bool> IsOutOfDateAsync(CancellationToken cancellationToken)
    {
        foreach (var (stream, end) in _seen)
        {
            if (EndOf(await journal.ReadAsync(stream, 1, cancellationToken).ConfigureAwait(false)) != end)
                return true;
        }

        return false;
    }

    private static long EndOf(ImmutableArray<JournalMessages.NumberedRow> rows) => rows.IsEmpty ? 0 : rows[^1].NextNumber;

    private sealed record OpenedStream(JournalStream Stream, IReadOnlyList<JournalMessages.NumberedRow> Rows);

    // The newest, which has the history of all before it.
    private async Task<OpenedStream?> LastOpenedAsync(IReadOnlyList<JournalMessages.NumberedRow> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases.Reverse())
        {
            var stream = JournalStream.Coordinator(lease.Number);
            var rows = await ReadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (rows.Any(row => row.Row is not JournalRows.Sealed))
                return new(stream, rows);
        }

        return null;
    }

    private async Task VerifyAsync(ProcessUid writer, JournalStream coordinator, long next, CancellationToken cancellationToken)
    {
        var stream = JournalStream.Process(writer);
        var rows = await journal.ReadAsync(stream, _named.GetValueOrDefault(writer, 1), cancellationToken).ConfigureAwait(false);
        foreach (var row in rows)
        {
            if (row.Row is JournalRows.EpochDeltas(var epoch, _) && epoch > _planned)
                throw Lost(coordinator, next, $"the plan of epoch {_planned + 1} expected, since {stream} holds a row of epoch {epoch}, none found");
        }
    }

    private void Fold(JournalStream stream, long number, JournalRows.Row row)
    {
        switch (row)
        {
            case JournalRows.Planned(var plan) when plan.Epoch != _planned + 1:
                throw Lost(stream, number, $"the plan of epoch {_planned + 1} expected, that of epoch {plan.Epoch} found");
            case JournalRows.Committed(var commit) when commit.Epoch > _planned:
                throw Lost(stream, number, $"the plan of epoch {commit.Epoch} expected, its commit found");
            case JournalRows.Committed(var commit) when commit.Previous != _committed:
                throw Lost(stream, number, $"the commit behind epoch {_committed} expected, that behind epoch {commit.Previous} found");
            case JournalRows.Opened { History: { } history }:
                Fold(history);
                break;
            case JournalRows.Snapshotted snapshotted:
                Fold(snapshotted.History);
                break;
            case JournalRows.Planned(var plan):
                _planned = plan.Epoch;
                break;
            case JournalRows.Attempted(var attempt):
                _writers.UnionWith(attempt.Owner);
                break;
            case JournalRows.Committed(var epoch):
                _committed = epoch.Epoch;
                Fold(epoch);
                break;
        }
    }

    private void Fold(HistoryImage history)
    {
        (_planned, _committed) = (history.LastPlanned, history.LastCommitted);
        _writers.UnionWith(history.Attempt?.Owner ?? []);
        foreach (var epoch in history.Committed)
            Fold(epoch);
    }

    private void Fold(CommittedEpoch epoch)
    {
        foreach (var (process, number) in epoch.Rows)
            _named[process] = Math.Max(number, _named.GetValueOrDefault(process));
    }

    private CorruptCheckpointException Lost(JournalStream stream, long number, string damage) => new(IJournal.Damage(job, stream, number, damage, journal.Name));
}
