using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>When images are taken, when they are named, and which rows nobody needs any more then.</summary>
/// <remarks>
/// The plan of an epoch says that every task hands over its image at its end. The image of epoch e is history when e is committed, the
/// image was taken at the generation whose row the commit named, every sink has applied e (so that no row up to e is needed for it), and
/// <c>Snapshotted(e)</c>, which names all of them, is durable. A snapshot that can't become complete is forgotten; the next one is due by
/// the same rule.
/// </remarks>
internal sealed partial class CoordinatorProtocol
{
    private readonly ImageAck[] _images;
    private (long Epoch, ImmutableArray<int> Generation)? _snapshot;
    private long _bytesSinceSnapshot;
    private long _bytesOfSnapshot;
    private long _lastSnapshotTried;

    private bool IsSnapshotDue(long epoch)
    {
        if (_options.SnapshotEveryEpochs == 0 || _snapshot is not null)
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

        return epoch - Math.Max(_history.SnapshotEpoch, _lastSnapshotTried) >= _options.SnapshotEveryEpochs
            || _bytesSinceSnapshot > Math.Max(_bytesOfSnapshot, _options.SnapshotMinBytes);
    }

    /// <summary>Before the decision is folded: its plan is still in flight, its acknowledgements still known.</summary>
    private void NoteCommitted(long epoch)
    {
        if (AcksOf(epoch) is { } acks)
        {
            foreach (var bytes in acks.Bytes)
            {
                _bytesSinceSnapshot += bytes;
            }
        }
    }

    private void NoteSnapshot(EpochPlan plan)
    {
        if (plan.TakesSnapshot)
        {
            (_snapshot, _lastSnapshotTried, _bytesSinceSnapshot) = ((plan.Epoch, _history.Attempt!.Generation), plan.Epoch, 0);
        }
    }

    private void OnImage(ImageAck image)
    {
        if (image.Epoch > _images[image.Task].Epoch || image.Generation > _images[image.Task].Generation)
        {
            _images[image.Task] = image;
        }
    }

    /// <summary>A task that was started anew before its image was durable will not hand it over any more.</summary>
    private void ForgetHopelessSnapshot(AttemptPlan attempt)
    {
        if (_snapshot is not { } snapshot)
        {
            return;
        }

        for (var task = 0; task < _shape.Count; task++)
        {
            if (attempt.Since[task] == attempt.Number && !IsImageOf(snapshot, task))
            {
                _snapshot = null;
                return;
            }
        }
    }

    private bool IsImageOf((long Epoch, ImmutableArray<int> Generation) snapshot, int task) =>
        _images[task].Epoch == snapshot.Epoch
        && (_images[task].Generation == snapshot.Generation[task] || (_faults & ProtocolFaults.NameImageOfOtherGeneration) != ProtocolFaults.None);

    private void DecideSnapshot(ImmutableArray<JournalRows.Row>.Builder rows)
    {
        if (_snapshot is not { } snapshot
            || (Applied() < snapshot.Epoch && (_faults & ProtocolFaults.TrimBeforeApplied) == ProtocolFaults.None))
        {
            return;
        }

        for (var task = 0; task < _shape.Count; task++)
        {
            // What it names is forgotten up to there, and an owner that has not heard of a commit must still be told.
            if (!IsImageOf(snapshot, task) || Find(_history.Attempt!.Owner[task]) is not { } owner || owner.Committed < snapshot.Epoch)
            {
                return;
            }
        }

        ImmutableArray<RowAddress> images = [.. _images.Select(image => image.Row)];
        rows.Add(new JournalRows.Snapshotted(snapshot.Epoch, images, _history.Image(_options.Manifest, snapshot.Epoch, images)));
        _bytesOfSnapshot = _images.Sum(image => image.Bytes);
    }

    /// <summary>Called before it is folded, with its number in the own stream.</summary>
    private void TrimBehind(JournalRows.Snapshotted snapshotted, long number, List<ICoordinatorEffect> effects)
    {
        _snapshot = null;
        if (number > 1)
        {
            effects.Add(new JournalMessages.Trim(_stream, number - 1));
        }

        // The seal stays: a predecessor that knows nothing of it must still fail to append there.
        foreach (var (stream, seal) in _sealed)
        {
            if (seal > 1)
            {
                effects.Add(new JournalMessages.Trim(stream, seal - 1));
            }
        }

        _sealed.Clear();
        TrimRows(snapshotted.Epoch, effects);
        TrimImages(snapshotted.Images, effects);
    }

    /// <summary>Rows that only decisions up to the snapshot name. Of one process a later decision may name a row that stands before them.</summary>
    private void TrimRows(long snapshotEpoch, List<ICoordinatorEffect> effects)
    {
        var through = new SortedDictionary<ProcessUid, long>();
        var needed = new SortedDictionary<ProcessUid, long>();
        foreach (var decision in _history.Committed)
        {
            foreach (var row in decision.Rows)
            {
                if (decision.Epoch <= snapshotEpoch || (_faults & ProtocolFaults.TrimBeyondSnapshot) != ProtocolFaults.None)
                {
                    through[row.Process] = Math.Max(row.Number, through.GetValueOrDefault(row.Process));
                }
                else
                {
                    needed[row.Process] = Math.Min(row.Number, needed.GetValueOrDefault(row.Process, long.MaxValue));
                }
            }
        }

        foreach (var acks in _acks)
        {
            foreach (var row in acks.Rows)
            {
                if (row != default)
                {
                    needed[row.Process] = Math.Min(row.Number, needed.GetValueOrDefault(row.Process, long.MaxValue));
                }
            }
        }

        foreach (var (process, last) in through)
        {
            var isGone = !needed.ContainsKey(process) && !OwnsTasks(process);
            var number = isGone ? long.MaxValue : Math.Min(last, needed.GetValueOrDefault(process, long.MaxValue) - 1);
            if (number > 0)
            {
                effects.Add(new JournalMessages.Trim(JournalStream.Process(process), number));
            }
        }
    }

    private void TrimImages(ImmutableArray<RowAddress> named, List<ICoordinatorEffect> effects)
    {
        foreach (var process in _history.Images.Select(image => image.Process).Concat(named.Select(image => image.Process)).Distinct().Order())
        {
            var first = named.Where(image => image.Process == process).Select(image => image.Number).DefaultIfEmpty(long.MaxValue).Min();
            if (first > 1)
            {
                effects.Add(new JournalMessages.Trim(JournalStream.Snapshots(process), first == long.MaxValue ? first : first - 1));
            }
        }
    }
}
