using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>What the rows of all coordinators say, folded. The same fold serves replay and the coordinator's own durable rows.</summary>
/// <param name="shape">The job's tasks.</param>
/// <param name="commitsKept">How many decisions are remembered at least; the older ones only a new owner would need.</param>
internal sealed class CoordinatorHistory(JobShape shape, int commitsKept = int.MaxValue)
{
    private readonly List<EpochPlan> _inflight = [];
    private readonly List<CommittedEpoch> _committed = [];
    private readonly HashSet<ProcessUid> _dead = [];
    private readonly OffsetRange[] _lastRange = new OffsetRange[shape.Count];

    /// <value>Planned and not committed, in order.</value>
    public IReadOnlyList<EpochPlan> Inflight => _inflight;

    /// <value>The decisions, in order; the oldest may be forgotten.</value>
    public IReadOnlyList<CommittedEpoch> Committed => _committed;

    public long LastPlanned { get; private set; }

    /// <value>Time of the last plan; null before the first.</value>
    public long? LastNowMs { get; private set; }

    public long LastCommitted { get; private set; }

    public AttemptPlan? Attempt { get; private set; }

    /// <value>Failures of tasks since the last commit.</value>
    public int Failures { get; private set; }

    /// <value>Every sink has at least everything up to this epoch.</value>
    public long Applied { get; private set; }

    /// <value>The epoch of the named images; 0 for none.</value>
    public long SnapshotEpoch { get; private set; }

    /// <value>By task: where its image stands; empty without a snapshot.</value>
    public ImmutableArray<RowAddress> Images { get; private set; } = [];

    public JournalRows.Closed? Closed { get; private set; }

    public bool IsDead(ProcessUid process) => _dead.Contains(process);

    /// <summary>Where the next range of a source starts; null before its first.</summary>
    public OffsetRange? LastRange(int task) => LastPlanned > 0 ? _lastRange[task] : null;

    /// <summary>Where a source that is opened anew goes on.</summary>
    public ControlMessages.SourceStart SourceStart(int task) => LastPlanned == 0
        ? default
        : new(
            _inflight.Count > 0 ? _inflight[0].Ranges[task].Start : _lastRange[task].End,
            _lastRange[task].End,
            [.. _inflight.Select(plan => plan.Ranges[task])]);

    /// <summary>All of it, with a snapshot that is about to be named, or without a new one.</summary>
    public HistoryImage Image(string manifest, long? snapshot = null, ImmutableArray<RowAddress> images = default)
    {
        var epoch = snapshot ?? SnapshotEpoch;
        return new(
            manifest,
            LastPlanned,
            LastNowMs,
            LastCommitted,
            LastPlanned == 0 ? [] : [.. _lastRange],
            [.. _inflight],
            [.. _committed.Where(decision => decision.Epoch > epoch)],
            Attempt,
            Failures,
            [.. _dead.Order()],
            Math.Max(Applied, epoch),
            epoch,
            snapshot is null ? Images : images,
            Closed);
    }

    /// <value>Every source has been planned to its end.</value>
    public bool AllSourcesEnded
    {
        get
        {
            foreach (var source in shape.Sources)
            {
                if (!_lastRange[source].IsLast)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Apply(JournalRows.Row row)
    {
        switch (row)
        {
            case JournalRows.Planned(var plan):
                Expect(LastPlanned + 1, plan.Epoch, "Planned");
                _inflight.Add(plan);
                (LastPlanned, LastNowMs) = (plan.Epoch, plan.NowMs);
                Applied = Math.Max(Applied, plan.Applied);
                plan.Ranges.CopyTo(_lastRange);
                break;
            case JournalRows.Committed(var epoch):
                Expect(LastCommitted, epoch.Previous, "Committed after");
                Expect(_inflight[0].Epoch, epoch.Epoch, "Committed");
                _inflight.RemoveAt(0);
                _committed.Add(epoch);
                if (_committed.Count / 2 >= commitsKept)
                {
                    _committed.RemoveRange(0, _committed.Count - commitsKept);
                }

                LastCommitted = epoch.Epoch;
                Failures = 0;
                break;
            case JournalRows.Attempted(var attempt):
                Expect((Attempt?.Number ?? 0) + 1, attempt.Number, "Attempt");
                Expect(LastCommitted, attempt.Base, "Attempt on base");
                Attempt = attempt;
                Failures = attempt.Failures;
                _dead.UnionWith(attempt.Dead);
                break;
            case JournalRows.Closed closed:
                Closed = closed;
                break;
            case JournalRows.Opened opened:
                if (opened.History is { } history)
                {
                    Load(history);
                }

                Closed = opened.Resumes ? null : Closed;
                break;
            case JournalRows.Snapshotted snapshotted:
                Load(snapshotted.History);
                break;
        }
    }

    private void Load(HistoryImage image)
    {
        (LastPlanned, LastNowMs, LastCommitted) = (image.LastPlanned, image.LastNowMs, image.LastCommitted);
        (Attempt, Failures, Closed, Applied) = (image.Attempt, image.Failures, image.Closed, image.Applied);
        (SnapshotEpoch, Images) = (image.SnapshotEpoch, image.Images);
        image.LastRanges.CopyTo(_lastRange);
        Replace(_inflight, image.Inflight);
        Replace(_committed, image.Committed);
        _dead.Clear();
        _dead.UnionWith(image.Dead);
    }

    private static void Replace<T>(List<T> list, ImmutableArray<T> items)
    {
        list.Clear();
        list.AddRange(items);
    }

    private static void Expect(long expected, long found, string what)
    {
        if (expected != found)
        {
            throw new InvalidOperationException($"{what} {expected} expected, {found} found in the coordinator's stream.");
        }
    }
}
