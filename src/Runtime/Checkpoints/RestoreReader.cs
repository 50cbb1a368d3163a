using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Reads the named rows that tasks start from: each stream once, however many tasks need it.</summary>
/// <remarks>
/// For one actor. Requests have negative numbers, so that their answers are told from those to the protocol. A task whose image is
/// damaged or gone starts from the image before it, and the rows behind that one: they stay as long as it does.
/// </remarks>
/// <param name="job">The job, and</param>
/// <param name="journal">its journal, for a person.</param>
/// <param name="read">Asks the journal; the answer comes to <see cref="OnRows"/> or <see cref="OnFailed"/>.</param>
/// <param name="readLater">The same, a moment later: the journal did not answer.</param>
/// <param name="done">Takes a task with everything that it needs; and why its last image was of no use, null where it was.</param>
/// <param name="failed">Takes a task that can't be restored from what was named, with the reason.</param>
internal sealed class RestoreReader(
    string job,
    string journal,
    Action<JournalMessages.Read> read,
    Action<JournalMessages.Read> readLater,
    Action<TaskRestore, string?> done,
    Action<WorkerMessages.StartTask, string> failed)
{
    private readonly List<Round> _rounds = [];
    private long _request;

    /// <param name="Start">The order, with the references that are read.</param>
    /// <param name="Damage">Why the image it named first is of no use.</param>
    private readonly record struct Wanted(WorkerMessages.StartTask Start, string? Damage);

    /// <summary>Tasks that start together, and the streams that have not answered yet.</summary>
    private sealed record Round(List<Wanted> Starts)
    {
        public Dictionary<long, JournalMessages.Read> Open { get; } = [];

        public Dictionary<(JournalStream Stream, long Number), JournalRows.Row> Rows { get; } = [];

        public Dictionary<JournalStream, string> Damaged { get; } = [];
    }

    /// <summary>Reads for tasks that are to start.</summary>
    public void Begin(IEnumerable<WorkerMessages.StartTask> starts) => Begin([.. starts.Select(start => new Wanted(start, null))]);

    /// <summary>Forgets a task that is to start in another way by now.</summary>
    public void Drop(int task)
    {
        foreach (var round in _rounds)
            round.Starts.RemoveAll(wanted => wanted.Start.Task == task);
    }

    /// <returns>Whether the rows were asked for here.</returns>
    public bool OnRows(JournalMessages.RowsRead rows)
    {
        if (_rounds.Find(round => round.Open.ContainsKey(rows.Request)) is { } round)
            Take(round, rows.Request, rows.Stream, rows.Rows);
        return rows.Request < 0;
    }

    /// <returns>Whether the rows were asked for here.</returns>
    public bool OnFailed(JournalMessages.ReadFailed failure)
    {
        if (_rounds.Find(round => round.Open.ContainsKey(failure.Request)) is { } round)
        {
            if (failure.Reason is { } reason)
            {
                round.Damaged[failure.Stream] = reason;
                Take(round, failure.Request, failure.Stream, failure.Before);
            }
            else
            {
                readLater(round.Open[failure.Request]);
            }
        }

        return failure.Request < 0;
    }

    private void Begin(List<Wanted> starts)
    {
        var round = new Round(starts);
        var from = new Dictionary<JournalStream, long>();
        foreach (var (stream, number) in starts.SelectMany(wanted => Addresses(wanted.Start.References)))
            from[stream] = Math.Min(number, from.GetValueOrDefault(stream, long.MaxValue));
        foreach (var (stream, number) in from)
            round.Open[--_request] = new(stream, number, _request);
        _rounds.Add(round);
        foreach (var request in round.Open.Values.ToArray())
            read(request);
        FinishWhenComplete(round);
    }

    private static IEnumerable<(JournalStream Stream, long Number)> Addresses(ControlMessages.TaskReferences references)
    {
        if (references.Image is { } image)
            yield return (JournalStream.Snapshots(image.Row.Process), image.Row.Number);
        foreach (var reference in references.Rows)
            yield return (JournalStream.Process(reference.Row.Process), reference.Row.Number);
    }

    private void Take(Round round, long request, JournalStream stream, IEnumerable<JournalMessages.NumberedRow> rows)
    {
        round.Open.Remove(request);
        foreach (var row in rows)
            round.Rows[(stream, row.Number)] = row.Row;
        FinishWhenComplete(round);
    }

    private void FinishWhenComplete(Round round)
    {
        // Why asked whether it is there: an answer that comes at once has finished it already.
        if (round.Open.Count > 0 || !_rounds.Remove(round))
            return;
        var again = new List<Wanted>();
        foreach (var wanted in round.Starts)
        {
            if (Finish(wanted, round) is { } former)
                again.Add(former);
        }

        if (again.Count > 0)
            Begin(again);
    }

    /// <returns>The task with references to read instead; null: it is done with.</returns>
    private Wanted? Finish(Wanted wanted, Round round)
    {
        var (start, damage) = wanted;
        EncodedDelta? image = null;
        if (start.References.Image is { } named)
        {
            var at = (Stream: JournalStream.Snapshots(named.Row.Process), named.Row.Number);
            if (round.Rows.GetValueOrDefault(at) is not JournalRows.TaskImage found || found.Task != start.Task)
            {
                damage ??= Missing(at, $"the image of task {start.Task} at epoch {named.Epoch}", round);
                if (start.References.WithoutImage() is { } former)
                    return new(start with { References = former }, damage);
                failed(start, damage);
                return null;
            }

            image = (EncodedDelta?)found.Image;
        }

        var deltas = new List<RestoredEpoch>();
        foreach (var reference in start.References.Rows)
        {
            var at = (Stream: JournalStream.Process(reference.Row.Process), reference.Row.Number);
            var row = round.Rows.GetValueOrDefault(at) as JournalRows.EpochDeltas;
            var part = row?.Tasks.FirstOrDefault(candidate => candidate.Task == start.Task);
            if (row?.Epoch != reference.Epoch || part?.Delta is not EncodedDelta delta)
            {
                failed(start, damage ?? Missing(at, $"the row of task {start.Task} for epoch {reference.Epoch}", round));
                return null;
            }

            deltas.Add(new(reference, delta));
        }

        done(new(start, image, deltas), damage);
        return null;
    }

    private string Missing((JournalStream Stream, long Number) at, string what, Round round) =>
        round.Damaged.GetValueOrDefault(at.Stream) ?? IJournal.Damage(job, at.Stream, at.Number, $"{what} expected, none found", journal);
}
