using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Reads the named rows that tasks start from: each stream once, however many tasks need it.</summary>
/// <remarks>For one actor. Requests have negative numbers, so that their answers are told from those to the protocol.</remarks>
/// <param name="read">Asks the journal; the answer comes to <see cref="OnRows"/> or <see cref="OnFailed"/>.</param>
/// <param name="readLater">The same, a moment later: the journal did not answer.</param>
/// <param name="done">Takes a task with everything that it needs.</param>
/// <param name="failed">Takes a task that can't be restored from what was named, with the reason; corrupt where no repetition helps.</param>
internal sealed class RestoreReader(
    Action<JournalMessages.Read> read, Action<JournalMessages.Read> readLater, Action<TaskRestore> done, Action<WorkerMessages.StartTask, string, bool> failed)
{
    private readonly List<Round> _rounds = [];
    private long _request;

    /// <summary>Tasks that start together, and the streams that have not answered yet.</summary>
    private sealed record Round(List<WorkerMessages.StartTask> Starts)
    {
        public Dictionary<long, JournalMessages.Read> Open { get; } = [];

        public Dictionary<(JournalStream Stream, long Number), JournalRows.Row> Rows { get; } = [];
    }

    /// <summary>Reads for tasks that are to start.</summary>
    public void Begin(IReadOnlyCollection<WorkerMessages.StartTask> starts)
    {
        var round = new Round([.. starts]);
        var from = new Dictionary<JournalStream, long>();
        foreach (var (stream, number) in starts.SelectMany(Addresses))
            from[stream] = Math.Min(number, from.GetValueOrDefault(stream, long.MaxValue));
        foreach (var (stream, number) in from)
            round.Open[--_request] = new(stream, number, _request);
        _rounds.Add(round);
        foreach (var request in round.Open.Values.ToArray())
            read(request);
        FinishWhenComplete(round);
    }

    /// <summary>Forgets a task that is to start in another way by now.</summary>
    public void Drop(int task)
    {
        foreach (var round in _rounds)
            round.Starts.RemoveAll(start => start.Task == task);
    }

    /// <returns>Whether the rows were asked for here.</returns>
    public bool OnRows(JournalMessages.RowsRead rows)
    {
        if (_rounds.Find(round => round.Open.ContainsKey(rows.Request)) is not { } round)
            return rows.Request < 0;
        round.Open.Remove(rows.Request);
        foreach (var row in rows.Rows)
            round.Rows[(rows.Stream, row.Number)] = row.Row;
        FinishWhenComplete(round);
        return true;
    }

    /// <returns>Whether the rows were asked for here.</returns>
    public bool OnFailed(JournalMessages.ReadFailed failure)
    {
        if (_rounds.Find(round => round.Open.ContainsKey(failure.Request)) is not { } round)
            return failure.Request < 0;
        if (failure.Reason is not { } reason)
        {
            readLater(round.Open[failure.Request]);
            return true;
        }

        _rounds.Remove(round);
        foreach (var start in round.Starts)
            failed(start, reason, true);
        return true;
    }

    private static IEnumerable<(JournalStream Stream, long Number)> Addresses(WorkerMessages.StartTask start)
    {
        if (start.References.Image is { } image)
            yield return (JournalStream.Snapshots(image.Row.Process), image.Row.Number);
        foreach (var reference in start.References.Rows)
            yield return (JournalStream.Process(reference.Row.Process), reference.Row.Number);
    }

    private void FinishWhenComplete(Round round)
    {
        if (round.Open.Count > 0)
            return;
        _rounds.Remove(round);
        foreach (var start in round.Starts)
            Finish(start, round);
    }

    private void Finish(WorkerMessages.StartTask start, Round round)
    {
        EncodedDelta? image = null;
        if (start.References.Image is { } named)
        {
            if (round.Rows.GetValueOrDefault((JournalStream.Snapshots(named.Row.Process), named.Row.Number)) is not JournalRows.TaskImage found || found.Task != start.Task)
            {
                failed(start, $"The image of task {start.Task} at epoch {named.Epoch} is named as {named.Row} and not there.", false);
                return;
            }

            image = (EncodedDelta?)found.Image;
        }

        var deltas = new List<RestoredEpoch>();
        foreach (var reference in start.References.Rows)
        {
            var row = round.Rows.GetValueOrDefault((JournalStream.Process(reference.Row.Process), reference.Row.Number)) as JournalRows.EpochDeltas;
            var part = row?.Tasks.FirstOrDefault(candidate => candidate.Task == start.Task);
            if (row?.Epoch != reference.Epoch || part?.Delta is not EncodedDelta delta)
            {
                failed(start, $"The row of task {start.Task} for epoch {reference.Epoch} is named as {reference.Row} and not there.", false);
                return;
            }

            deltas.Add(new(reference, delta));
        }

        done(new(start, image, deltas));
    }
}
