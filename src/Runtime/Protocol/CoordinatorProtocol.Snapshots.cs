using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>When a snapshot is taken, when it is named, and what may be deleted then.</summary>
internal sealed partial class CoordinatorProtocol
{
    private readonly WrittenImage[] _images;
    private long _bytesCommitted;
    private long _bytesAtCandidate;
    private long _bytesAtSnapshot;
    private long _snapshotSize;

    /// <summary>Enough has changed since the last one, and no attempt at one is under way.</summary>
    private bool IsSnapshotDue(long epoch)
    {
        var isWanted = IsSavepointWanted;
        if ((_options.SnapshotEveryEpochs == 0 && !isWanted) || _history.Candidate is not null || AreImagesCopied)
        {
            return false;
        }

        foreach (var plan in _history.Inflight)
        {
            if (plan.TakesSnapshot)
            {
                return false;
            }
        }

        return isWanted
            || epoch - _history.SnapshotEpoch >= _options.SnapshotEveryEpochs
            || _bytesCommitted - _bytesAtSnapshot > Math.Max(_snapshotSize, _options.SnapshotMinBytes);
    }

    private void OnImage(ProcessUid process, WrittenImage image)
    {
        var known = _images[image.Task];
        var isNewer = image.Epoch > known.Epoch || (image.Epoch == known.Epoch && image.Generation > known.Generation);
        if (isNewer && image.Epoch > _history.SnapshotEpoch && image.Row.Process == process)
        {
            _images[image.Task] = image;
        }
    }

    /// <summary>
    /// The images are the named ones' own, every sink has applied the epoch, and every owner has acted on its commit: from then on
    /// nobody asks for an older row or decision. If an image can't come any more, the next plan takes another snapshot.
    /// </summary>
    private void DecideSnapshot(long nowMs, ImmutableArray<JournalRows.Row>.Builder rows)
    {
        if (_history.Candidate is not { } candidate)
        {
            return;
        }

        var isComplete = true;
        for (var task = 0; task < _shape.Count; task++)
        {
            if (IsImageOf(candidate, task))
            {
                continue;
            }

            isComplete = false;
            // Why not only one that was declared dead: a process without tasks ends unnoticed, and it may have had this one.
            if (!IsAlive(candidate.Epoch.Rows[task].Process, nowMs))
            {
                _history.GiveUpCandidate();
                ReopenSavepoints(candidate.Epoch.Epoch);
                return;
            }
        }

        var epoch = candidate.Epoch.Epoch;
        if (isComplete && IsAppliedBySinks(epoch) && IsKnownToOwners(epoch))
        {
            var image = _history.Image();
            var former = new FormerSnapshot(image.SnapshotEpoch, image.Images);
            ImmutableArray<RowAddress> images = [.. _images.Select(i => i.Row)];
            rows.Add(new JournalRows.Snapshotted(
                epoch,
                images,
                image with
                {
                    Applied = Math.Max(image.Applied, epoch),
                    SnapshotEpoch = epoch,
                    Images = images,
                    Former = former,
                    Committed = [.. image.Committed.Where(c => c.Epoch > former.Epoch)],
                },
                _options.Manifest));
        }
    }

    private bool IsImageOf(SnapshotCandidate candidate, int task)
    {
        var image = _images[task];
        return image.Epoch == candidate.Epoch.Epoch
            && image.Row.Process == candidate.Epoch.Rows[task].Process
            && (image.Generation == candidate.Generation[task] || (_faults & ProtocolFaults.NameImageOfAnotherGeneration) != ProtocolFaults.None);
    }

    private bool IsAppliedBySinks(long epoch)
    {
        if ((_faults & ProtocolFaults.TrimBeforeSinksApplied) != ProtocolFaults.None)
        {
            return true;
        }

        foreach (var sink in _shape.Sinks)
        {
            if (_applied[sink] < epoch)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsKnownToOwners(long epoch)
    {
        foreach (var process in _processes)
        {
            if (process.Committed < epoch && OwnsTasks(process.Uid))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The snapshot is durable: what came before the former one is needed by nobody.</summary>
    /// <param name="row">What was written.</param>
    /// <param name="number">Its number.</param>
    /// <param name="before">The history without it.</param>
    /// <param name="effects">Takes what is to be done.</param>
    private void OnSnapshotted(JournalRows.Snapshotted row, long number, HistoryImage before, List<ICoordinatorEffect> effects)
    {
        _bytesAtSnapshot = _bytesAtCandidate;
        _snapshotSize = _images.Sum(i => i.Bytes);
        Broadcast(new SnapshotNamed(Incarnation, row.Epoch), effects);
        effects.Add(new JournalMessages.Trim(_stream, number - 1));
        TrimRows((_faults & ProtocolFaults.TrimFormerSnapshot) != ProtocolFaults.None ? row.Epoch : before.SnapshotEpoch, before.Committed, effects);
        TrimImages(before.Images.IsEmpty ? row.Images : before.Images, before.Former?.Images ?? [], effects);
        HandOutSavepoints(row, effects);
    }

    /// <summary>Rows up to an epoch. The last row named in a stream stays, so that the end of a stream is never deleted and an append that lands late still conflicts.</summary>
    private void TrimRows(long epoch, ImmutableArray<CommittedEpoch> decisions, List<ICoordinatorEffect> effects)
    {
        var through = new SortedDictionary<ProcessUid, long>();
        foreach (var decision in decisions)
        {
            var isNeeded = decision.Epoch > epoch && (_faults & ProtocolFaults.TrimBeyondSnapshot) == ProtocolFaults.None;
            foreach (var (process, number) in decision.Rows)
            {
                if (!isNeeded)
                {
                    through[process] = Math.Max(through.GetValueOrDefault(process), number - 1);
                }
                else if (through.TryGetValue(process, out var last))
                {
                    through[process] = Math.Min(last, number - 1);
                }
            }
        }

        foreach (var (process, last) in through)
        {
            AddTrim(JournalStream.Process(process), last, effects);
        }
    }

    private static void TrimImages(ImmutableArray<RowAddress> images, ImmutableArray<RowAddress> former, List<ICoordinatorEffect> effects)
    {
        var through = new SortedDictionary<ProcessUid, long>();
        foreach (var (process, number) in former)
        {
            through[process] = Math.Max(through.GetValueOrDefault(process), number - 1);
        }

        var kept = new SortedDictionary<ProcessUid, long>();
        foreach (var (process, number) in images)
        {
            kept[process] = Math.Min(kept.GetValueOrDefault(process, long.MaxValue), number - 1);
        }

        foreach (var (process, last) in kept)
        {
            through[process] = last;
        }

        foreach (var (process, last) in through)
        {
            AddTrim(JournalStream.Snapshots(process), last, effects);
        }
    }

    private static void AddTrim(JournalStream stream, long through, List<ICoordinatorEffect> effects)
    {
        if (through > 0)
        {
            effects.Add(new JournalMessages.Trim(stream, through));
        }
    }

    /// <summary>What a restore missed was replaced by a later snapshot. If there is none, it is lost: nothing starts empty.</summary>
    private void OnReferencesWanted(ReferencesWanted wanted, List<ICoordinatorEffect> effects)
    {
        if (_history.Attempt is not { } attempt || attempt.Owner[wanted.Task] != wanted.Process || attempt.Generation[wanted.Task] != wanted.Generation)
        {
            return;
        }

        if (wanted.SnapshotEpoch >= _history.SnapshotEpoch)
        {
            OnFailure(new TaskFailure(wanted.Task, wanted.Generation, wanted.Reason, FailureKind.Fatal));
        }
        else
        {
            effects.Add(new Send(wanted.Process, new References(Incarnation, wanted.Generation, ReferencesFor(wanted.Task, attempt))));
        }
    }

    private TaskReferences ReferencesFor(int task, AttemptPlan attempt)
    {
        var rows = ImmutableArray.CreateBuilder<EpochReference>();
        var formerRows = ImmutableArray.CreateBuilder<EpochReference>();
        foreach (var epoch in _history.Committed)
        {
            if (epoch.Epoch <= attempt.Base)
            {
                (epoch.Epoch > _history.SnapshotEpoch ? rows : formerRows).Add(new EpochReference(epoch.Epoch, epoch.Previous, epoch.Rows[task]));
            }
        }

        return new TaskReferences(
            task,
            ImageOf(task, _history.SnapshotEpoch, _history.Images),
            rows.ToImmutable(),
            _shape.Tasks[task].IsSource ? SourceStartOf(task) : null,
            _history.Former is { } former ? new FormerReferences(ImageOf(task, former.Epoch, former.Images), formerRows.ToImmutable()) : null,
            _history.Applied,
            _history.Origin);
    }

    private static ImageReference? ImageOf(int task, long epoch, ImmutableArray<RowAddress> images) => epoch > 0 ? new ImageReference(epoch, images[task]) : null;

    private SourceStart? SourceStartOf(int task)
    {
        if (_history.LastRange(task) is not { } last)
        {
            return null;
        }

        var committed = _history.Inflight.Count == 0 ? last.End : _history.Inflight[0].Ranges[task].Start;
        return new SourceStart(committed, last.End, [.. _history.Inflight.Select(p => p.Ranges[task])], IsDraining: State == CoordinatorState.Draining);
    }
}
