using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>Sees every row that is written and every effect outside, and holds the invariants against them.</summary>
/// <remarks>
/// I1 one plan per epoch, ranges without gap or overlap. I2 a commit covers each task once, at its present generation, with
/// durable rows, in order. I3 an epoch's input of a task is exactly the named output of its producers; its delta is what a
/// sequential replay of that input yields. I4 a sink shows each epoch once, after its commit, equal to the named rows. I5 at the end
/// every record has reached the sinks once and the counts of each key are 1, 2, 3, … I11 a savepoint is of one committed epoch, and its images
/// stay until they are copied. I14 a job is rescaled behind an epoch that is committed and applied, and goes on from images of it. I6 and I7 are seen by <see cref="SimCluster"/>.
/// </remarks>
internal sealed class SimChecker(JobShape shape, SimOptions options, SimJournal journal)
{
    private readonly List<EpochPlan> _plans = [];
    private readonly List<SimDelta[]> _committed = [];
    private readonly List<System.Collections.Immutable.ImmutableArray<RowAddress>> _named = [];
    private readonly List<System.Collections.Immutable.ImmutableArray<int>> _generations = [];
    private readonly long[][] _cells = [.. Enumerable.Range(0, shape.Count).Select(_ => new long[SimOperator.Cells])];
    private readonly long[] _sinkEpoch = new long[shape.Count];
    private readonly Dictionary<long, long[][]> _cellsAt = [];
    private readonly HashSet<string> _orders = [];
    private JournalRows.Snapshotted? _snapshot;
    private JournalRows.Snapshotted? _former;
    private AttemptPlan? _attempt;
    private HistoryImage? _next;
    private long _rescaledAt;

    /// <summary>Records of volatile ranges that a new reader never had.</summary>
    public long Lost { get; private set; }

    public long LastPlanned => _plans.Count;

    public long LastCommitted => _committed.Count;

    public AttemptPlan? Attempt => _attempt;

    public EpochPlan Plan(long epoch) => _plans[(int)epoch - 1];

    public void OnWritten(JournalStream stream, JournalRows.Row row)
    {
        _ = stream;
        switch (row)
        {
            case JournalRows.Planned(var plan):
                OnPlanned(plan);
                break;
            case JournalRows.Attempted(var attempt):
                Check(attempt.Number == (_attempt?.Number ?? 0) + 1, "I2", $"attempt {attempt.Number} after {_attempt?.Number}");
                Check(attempt.Base == LastCommitted, "I2", $"attempt {attempt.Number} has base {attempt.Base}, committed is {LastCommitted}");
                Check(shape.Together.All(task => attempt.Owner[task] == attempt.Owner[shape.Together[0]]), "I12", $"attempt {attempt.Number} places tasks apart that have to be together");
                _attempt = attempt;
                break;
            case JournalRows.Committed(var epoch):
                OnCommitted(epoch);
                break;
            case JournalRows.Snapshotted snapshotted:
                OnSnapshotted(snapshotted);
                break;
            case JournalRows.Opened { History: { } history } when _next is not null:
                OnOpened(history);
                break;
            case JournalRows.Closed { Next: { } next }:
                Check(next.SnapshotEpoch == LastCommitted && LastCommitted == LastPlanned, "I14", $"the job goes on from epoch {next.SnapshotEpoch} with other tasks, committed is {LastCommitted}, planned {LastPlanned}");
                Check(shape.Sinks.All(sink => _sinkEpoch[sink] == LastCommitted), "I14", $"the job is rescaled at epoch {LastCommitted}, and not all sinks have it");
                _next = next;
                break;
        }
    }

    /// <summary>What is opened first behind a rescale has the images of the new tasks; nobody needs the former ones from now on.</summary>
    private void OnOpened(HistoryImage history)
    {
        Check(history.Images.SequenceEqual(_next!.Images), "I14", $"a rescaled job opens with other images than those of its new tasks");
        for (var task = 0; task < shape.Count; task++)
        {
            Check(
                journal.FindImage(history.Images[task])?.Image is long[] cells && cells.AsSpan().SequenceEqual(_cells[task]),
                "I14",
                $"the image of task {task} of a rescaled job is gone or differs from the oracle");
        }

        _next = null;
        if (!history.Images.SequenceEqual(_snapshot!.Images))
        {
            (_snapshot, _former) = (_snapshot with { Images = history.Images }, null);
            _rescaledAt = LastCommitted;
        }
    }

    /// <value>The epoch of the last named snapshot; 0 without one.</value>
    public long SnapshotEpoch => _snapshot?.Epoch ?? 0;

    /// <summary>F10: nothing is deleted that a restore or a sink may still ask for.</summary>
    public void OnTrim(JournalMessages.Trim trim)
    {
        var snapshot = Math.Max(_former?.Epoch ?? 0, _rescaledAt);
        var needed = snapshot;
        foreach (var sink in shape.Sinks)
        {
            needed = Math.Min(needed, _sinkEpoch[sink]);
        }

        for (var epoch = needed + 1; trim.Stream.Kind == 'p' && epoch <= LastCommitted; epoch++)
        {
            foreach (var row in _named[(int)epoch - 1])
            {
                Check(row.Process.Value != trim.Stream.Id || row.Number > trim.Through, "I9", $"{trim} deletes row {row} of epoch {epoch}; the former snapshot stands at {snapshot}, the sinks at {needed}");
            }
        }

        foreach (var image in (_snapshot?.Images ?? []).Concat(_former?.Images ?? []))
        {
            Check(trim.Stream != JournalStream.Snapshots(image.Process) || image.Number > trim.Through, "I9", $"{trim} deletes the image {image}");
        }
    }

    private void OnSnapshotted(JournalRows.Snapshotted row)
    {
        Check(row.Epoch <= LastCommitted && row.Epoch > (_snapshot?.Epoch ?? 0), "I8", $"snapshot {row.Epoch} is named, committed is {LastCommitted}");
        for (var task = 0; task < shape.Count; task++)
        {
            var image = journal.FindImage(row.Images[task]);
            Check(image is not null && image.Task == task && image.Epoch == row.Epoch, "I8", $"snapshot {row.Epoch} names {row.Images[task]}, which is no image of task {task}");
            Check(image!.Generation == _generations[(int)row.Epoch - 1][task], "I8", $"snapshot {row.Epoch} names an image of task {task} at generation {image.Generation}");
            Check(((long[])image.Image!).AsSpan().SequenceEqual(_cellsAt[row.Epoch][task]), "I8", $"image of task {task} in snapshot {row.Epoch} differs from the oracle");
        }

        foreach (var sink in shape.Sinks)
        {
            Check(_sinkEpoch[sink] >= row.Epoch, "I9", $"snapshot {row.Epoch} is named, sink {sink} stands at {_sinkEpoch[sink]}");
        }

        (_former, _snapshot) = (_snapshot, row);
    }

    /// <summary>A savepoint is handed out: of a named snapshot, as if nothing were planned behind it.</summary>
    /// <param name="savepoint">What is handed out.</param>
    /// <param name="hasImages">Not by a coordinator that has been taken over and does not know it yet: the next one's snapshots delete the images, and whoever copies finds that out.</param>
    public void OnSavepoint(JournalRows.Snapshotted savepoint, bool hasImages)
    {
        Check(savepoint.Epoch <= (_snapshot?.Epoch ?? 0), "I11", $"savepoint {savepoint.Epoch} is handed out, the snapshot stands at {_snapshot?.Epoch}");
        var (history, plan) = (savepoint.History, Plan(savepoint.Epoch));
        Check(
            history.LastPlanned == savepoint.Epoch && history.LastCommitted == savepoint.Epoch && history.Inflight.IsEmpty && history.LastRanges.SequenceEqual(plan.Ranges),
            "I11",
            $"savepoint {savepoint.Epoch} goes on otherwise than behind its epoch");
        if (hasImages)
        {
            OnSavepointCopied(savepoint);
        }
    }

    /// <summary>All images of a savepoint are still there.</summary>
    public void OnSavepointCopied(JournalRows.Snapshotted savepoint)
    {
        for (var task = 0; task < shape.Count; task++)
        {
            var image = journal.FindImage(savepoint.Images[task]);
            Check(
                image?.Image is long[] cells && cells.AsSpan().SequenceEqual(_cellsAt[savepoint.Epoch][task]),
                "I11",
                $"the image of task {task} in savepoint {savepoint.Epoch} is gone or differs from the oracle");
        }
    }

    /// <summary>A savepoint that was to be of the last epoch.</summary>
    public void OnLastSavepoint(long epoch) => Check(epoch == LastCommitted, "I11", $"the savepoint of the end is of epoch {epoch}, the last one is {LastCommitted}");

    /// <summary>A task is told to run an epoch.</summary>
    public void OnRun(WorkerMessages.RunEpoch run) =>
        Check(
            run.Epoch <= LastPlanned && Plan(run.Epoch).Ranges[run.Task] == run.Range && Plan(run.Epoch).Seed == run.Seed && Plan(run.Epoch).Orders.SequenceEqual(run.Orders),
            "I1",
            $"task {run.Task} runs epoch {run.Epoch} otherwise than durably planned");

    /// <summary>A task is told that an epoch is history.</summary>
    public void OnCommitTold(int task, long epoch) =>
        Check(epoch <= LastCommitted, "I4", $"task {task} is told of commit {epoch}, committed is {LastCommitted}");

    public void OnSinkApplied(int task, long epoch, long watermark, long[] rows)
    {
        Check(epoch <= LastCommitted, "I4", $"sink {task} shows epoch {epoch}, committed is {LastCommitted}");
        Check(epoch == _sinkEpoch[task] + 1 && watermark == epoch - 1, "I4", $"sink {task} shows epoch {epoch} after {_sinkEpoch[task]}");
        _sinkEpoch[task] = epoch;
        var named = _committed[(int)epoch - 1][task].SinkRows;
        Check(rows.AsSpan().SequenceEqual(named), "I4", $"sink {task} shows other rows of epoch {epoch} than the named ones");
    }

    /// <summary>A sink without a watermark is given an epoch that it has.</summary>
    public void OnSinkRepeated(int task, long epoch, long[] rows) =>
        Check(rows.AsSpan().SequenceEqual(_committed[(int)epoch - 1][task].SinkRows), "I4", $"sink {task} is given other rows of epoch {epoch} than the named ones");

    /// <summary>I5, when all is done.</summary>
    public void AtEnd(SimSink?[] sinks)
    {
        var seen = new HashSet<long>();
        var counts = new SortedDictionary<(int First, int Key), HashSet<long>>();
        foreach (var sink in sinks)
        {
            if (sink is null)
            {
                continue;
            }

            Check(sink.Watermark == LastCommitted, "I6", $"a sink stands at {sink.Watermark}, committed is {LastCommitted}");
            foreach (var row in sink.Rows)
            {
                var origin = row & 0xFFFFF;
                Check(seen.Add(origin), "I5", $"record {origin} came out twice");
                if (origin >> 16 < options.Sources)
                {
                    var key = (0, SimOperator.KeyOf(origin));
                    if (!counts.TryGetValue(key, out var numbers))
                    {
                        counts.Add(key, numbers = []);
                    }

                    Check(numbers.Add(row >> 40), "I5", $"key {key} was counted twice as {row >> 40}");
                }
            }
        }

        var expected = shape.Sources.Sum(s => _plans.Count == 0 ? 0 : _plans[^1].Ranges[s].End);
        Check(options.StopsAtMs > 0 || expected == shape.Sources.Length * options.RecordsPerSource, "I5", "the sources were not read to their ends");
        Check(LastCommitted == LastPlanned, "I6", $"planned {LastPlanned}, committed {LastCommitted}");
        expected -= Lost;
        Check(seen.Count == expected, "I5", $"{expected} records expected, {seen.Count} came out");
        foreach (var (key, numbers) in counts)
        {
            Check(numbers.Min() == 1 && numbers.Max() == numbers.Count, "I5", $"counts of key {key} have a gap");
        }
    }

    /// <summary>What a source was given and nobody else has is part of the last epoch, also where the job was stopped.</summary>
    public void AtEnd(SimTask copy)
    {
        if (shape.Tasks[copy.Index].IsVolatile)
        {
            var end = _plans.Count == 0 ? 0 : _plans[^1].Ranges[copy.Index].End;
            Check(copy.TakenIn == end, "I10", $"source {copy.Index} has taken in {copy.TakenIn} records, {end} are planned");
        }
    }

    private void OnPlanned(EpochPlan plan)
    {
        Check(plan.Epoch == LastPlanned + 1, "I1", $"plan {plan.Epoch} after plan {LastPlanned}");
        for (var task = 0; task < shape.Count; task++)
        {
            var start = _plans.Count == 0 ? 0 : _plans[^1].Ranges[task].End;
            Check(plan.Ranges[task].Start == start && plan.Ranges[task].End >= start, "I1", $"range of task {task} in epoch {plan.Epoch} does not follow");
        }

        Check(_plans.Count == 0 || plan.NowMs > _plans[^1].NowMs, "I1", $"time of epoch {plan.Epoch} does not rise");
        Check(plan.Orders.All(_orders.Add), "I1", $"plan {plan.Epoch} holds an order that another holds too");
        _plans.Add(plan);
    }

    private void OnCommitted(CommittedEpoch epoch)
    {
        Check(epoch.Epoch == LastCommitted + 1 && epoch.Previous == LastCommitted, "I2", $"commit {epoch.Epoch} after {LastCommitted}");
        Check(epoch.Epoch <= LastPlanned, "I2", $"commit {epoch.Epoch} of no plan");
        var deltas = new SimDelta[shape.Count];
        for (var task = 0; task < shape.Count; task++)
        {
            var part = journal.Part(epoch.Rows[task], task, epoch.Epoch);
            Check(part.Generation == _attempt!.Generation[task], "I2", $"epoch {epoch.Epoch} names task {task} at generation {part.Generation}");
            Check(epoch.Rows[task].Process == _attempt.Owner[task], "I2", $"epoch {epoch.Epoch} names a row of a former owner of task {task}");
            deltas[task] = (SimDelta)part.Delta!;
        }

        for (var task = 0; task < shape.Count; task++)
        {
            CheckDelta(task, epoch.Epoch, deltas);
        }

        _committed.Add(deltas);
        _named.Add(epoch.Rows);
        _generations.Add(_attempt!.Generation);
        if (Plan(epoch.Epoch).TakesSnapshot)
        {
            _cellsAt[epoch.Epoch] = [.. _cells.Select(c => (long[])c.Clone())];
        }
    }

    private void CheckDelta(int task, long epoch, SimDelta[] deltas)
    {
        var delta = deltas[task];
        var inputs = shape.Tasks[task].Inputs;
        for (var channel = 0; channel < inputs.Length; channel++)
        {
            var consumer = shape.Tasks[inputs[channel]].Downstream.IndexOf(task);
            Check(
                delta.InputHash[channel] == deltas[inputs[channel]].OutputHash[consumer],
                "I3",
                $"epoch {epoch}: input of task {task} on channel {channel} is not what task {inputs[channel]} put out");
        }

        if (shape.Tasks[task].IsSource)
        {
            var range = Plan(epoch).Ranges[task];
            var isLost = range.IsVolatile && !string.Equals(range.Detail, delta.Reader, StringComparison.Ordinal);
            Check(delta.Lost == (isLost ? range.End - range.Start : 0), "I10", $"epoch {epoch}: source {task} counts {delta.Lost} of {range} as lost");
            Lost += delta.Lost;
            Check(delta.Inputs.Length == range.End - range.Start - delta.Lost, "I3", $"epoch {epoch}: source {task} read {delta.Inputs.Length} of {range}");
        }

        Replay(task, epoch, delta);
    }

    /// <summary>The sequential oracle: the same input in the same order, one task at a time, without epochs in flight.</summary>
    private void Replay(int task, long epoch, SimDelta delta)
    {
        var spec = shape.Tasks[task];
        var hash = new ulong[spec.Downstream.Length];
        var rows = new List<long>();
        foreach (var input in delta.Inputs)
        {
            if (spec.IsSource)
            {
                var consumer = SimOperator.RouteSource(input, hash.Length);
                hash[consumer] = SimOperator.Hash(hash[consumer], input);
                continue;
            }

            var output = SimOperator.Process(_cells[task], input, null, out var route);
            if (spec.IsSink)
            {
                rows.Add(RowOf(input, output));
            }
            else
            {
                var consumer = (int)(route % (ulong)hash.Length);
                hash[consumer] = SimOperator.Hash(hash[consumer], output);
            }
        }

        Check(hash.AsSpan().SequenceEqual(delta.OutputHash), "I3", $"epoch {epoch}: output of task {task} differs from the oracle");
        Check(rows.SequenceEqual(delta.SinkRows), "I3", $"epoch {epoch}: sink rows of task {task} differ from the oracle");
        foreach (var (cell, value) in delta.After)
        {
            Check(_cells[task][cell] == value, "I5", $"epoch {epoch}: state of task {task} differs from the oracle in cell {cell}");
        }
    }

    /// <summary>A sink row: origin, tag, and the count that stage 1 gave it.</summary>
    public static long RowOf(long input, long output) => (output & 0xFF_FFFFF) | (((input >> 20) & 0xFFF) << 40);

    private static void Check(bool holds, string invariant, string message)
    {
        if (!holds)
        {
            throw new ViolationException($"{invariant}: {message}.");
        }
    }
}
