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

    public JournalRows.Closed? Closed { get; private set; }

    /// <value>Every sink has at least everything up to this epoch.</value>
    public long Applied { get; private set; }

    /// <value>Epoch of the named snapshot; 0 without one.</value>
    public long SnapshotEpoch { get; private set; }

    /// <value>By task: where its image stands; empty without a snapshot.</value>
    public ImmutableArray<RowAddress> Images { get; private set; } = [];

    /// <value>The snapshot before it; null: none, a restore has the named one alone.</value>
    public FormerSnapshot? Former { get; private set; }

    /// <value>The epoch of the savepoint that the job began from; 0 for none.</value>
    public long Origin { get; private set; }

    /// <value>The number of the last attempt, of this job or before it was rescaled; 0 before the first.</value>
    public int LastAttempt { get; private set; }

    /// <value>The last committed epoch whose plan takes a snapshot that is not named; null: none. A folded history does not tell it: the next plan makes up for that.</value>
    public SnapshotCandidate? Candidate { get; private set; }

    /// <value>What the job is made of, as the last coordinator wrote it; null before the first.</value>
    public string? Manifest { get; private set; }

    /// <summary>All that there is to know.</summary>
    public HistoryImage Image() => new(
        LastPlanned, LastNowMs, LastCommitted, LastPlanned > 0 ? [.. _lastRange] : [], [.. _inflight], [.. _committed], Attempt, Failures,
        [.. _dead.Order()], Applied, SnapshotEpoch, Images, Closed, Former, Origin, LastAttempt);

    public bool IsDead(ProcessUid process) => _dead.Contains(process);

    /// <summary>Where the next range of a source starts; null before its first.</summary>
    public OffsetRange? LastRange(int task) => LastPlanned > 0 && _lastRange[task] != OffsetRange.None ? _lastRange[task] : null;

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
                Candidate = _inflight[0].TakesSnapshot ? new SnapshotCandidate(epoch, Attempt!.Generation) : Candidate;
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
                Expect(LastAttempt + 1, attempt.Number, "Attempt");
                Expect(LastCommitted, attempt.Base, "Attempt on base");
                (Attempt, LastAttempt) = (attempt, attempt.Number);
                Failures = attempt.Failures;
                _dead.UnionWith(attempt.Dead);
                break;
            case JournalRows.Closed closed:
                Closed = closed;

                // A job that ends in order has been waited for by its sinks.
                Applied = closed.Outcome == JobOutcome.Failed ? Applied : LastCommitted;
                break;
            case JournalRows.Opened opened:
                Restore(opened.History);
                Manifest = opened.Manifest;
                Closed = opened.Resumes ? null : Closed;
                break;
            case JournalRows.Snapshotted snapshotted:
                Restore(snapshotted.History);
                Manifest = snapshotted.Manifest;
                break;
        }
    }

    /// <summary>The candidate can't become a snapshot any more.</summary>
    public void GiveUpCandidate() => Candidate = null;

    private void Restore(HistoryImage? image)
    {
        if (image is null)
        {
            return;
        }

        (LastPlanned, LastNowMs, LastCommitted) = (image.LastPlanned, image.LastNowMs, image.LastCommitted);
        image.LastRanges.CopyTo(_lastRange);
        _inflight.Clear();
        _inflight.AddRange(image.Inflight);
        _committed.Clear();
        _committed.AddRange(image.Committed);
        (Attempt, Failures, Applied) = (image.Attempt, image.Failures, image.Applied);
        _dead.UnionWith(image.Dead);
        if (SnapshotEpoch != image.SnapshotEpoch)
        {
            (SnapshotEpoch, Images, Candidate) = (image.SnapshotEpoch, image.Images, null);
        }

        (Closed, Former, Origin) = (image.Closed, image.Former, image.Origin);
        LastAttempt = Math.Max(image.LastAttempt, image.Attempt?.Number ?? 0);
    }

    private static void Expect(long expected, long found, string what)
    {
        if (expected != found)
        {
            throw new InvalidOperationException($"{what} {expected} expected, {found} found in the coordinator's stream.");
        }
    }
}
