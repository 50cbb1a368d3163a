using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Takeover: the lease row, the seals, the fold.</summary>
internal sealed partial class CoordinatorProtocol
{
    private readonly List<(JournalStream Stream, long Seal)> _sealed = [];
    private List<JournalRows.Row> _inherited = [];
    private OpeningPhase _phase;
    private long _predecessor;
    private long _takeoverAtMs;

    private enum OpeningPhase
    {
        ReadingLease,
        TakingLease,
        ReadingManifest,
        ReadingPredecessor,
        SealingPredecessor,
        OpeningOwn,
    }

    private void TakeLease(List<ICoordinatorEffect> effects)
    {
        State = CoordinatorState.Opening;
        _phase = OpeningPhase.ReadingLease;
        (_stream, _nextNumber) = (JournalStream.Lease, 1);
        ReadAgain(effects);
    }

    /// <returns>False when the rows answer the question of an append's unknown outcome, in the way common to all states.</returns>
    private bool OnOpeningRowsRead(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        switch (_phase)
        {
            case OpeningPhase.ReadingLease:
                _phase = OpeningPhase.TakingLease;
                _nextNumber = read.Rows.IsEmpty ? 1 : read.Rows[^1].NextNumber;
                Append([new JournalRows.LeaseTaken(_self)], effects);
                return true;
            case OpeningPhase.TakingLease when !read.Rows.IsEmpty && read.Rows[0].Row != new JournalRows.LeaseTaken(_self):
                Fence(effects);
                return true;
            case OpeningPhase.ReadingManifest:
                OnManifestRead(read, effects);
                return true;
            case OpeningPhase.ReadingPredecessor:
            case OpeningPhase.SealingPredecessor:
                OnPredecessorRead(read, effects);
                return true;
            default:
                return false;
        }
    }

    private void OnOpeningDurable(long nowMs, List<ICoordinatorEffect> effects)
    {
        switch (_phase)
        {
            case OpeningPhase.TakingLease:
                Incarnation = _nextNumber - 1;
                Read(OpeningPhase.ReadingManifest, Incarnation - 1, effects);
                break;
            case OpeningPhase.SealingPredecessor:
                OnSealed(_nextNumber - 1, effects);
                break;
            default:
                Run(nowMs, effects);
                break;
        }
    }

    /// <summary>Goes on with a predecessor, the newest first; without one the own stream is opened.</summary>
    private void Read(OpeningPhase phase, long incarnation, List<ICoordinatorEffect> effects)
    {
        if (incarnation == 0 && phase == OpeningPhase.ReadingManifest)
        {
            (phase, incarnation) = (OpeningPhase.ReadingPredecessor, Incarnation - 1);
        }

        if (incarnation == 0)
        {
            Open(effects);
            return;
        }

        (_phase, _predecessor) = (phase, incarnation);
        (_stream, _nextNumber) = (JournalStream.Coordinator(incarnation), 1);
        ReadAgain(effects);
    }

    /// <summary>Who may not go on from what is there finds out before a seal can hurt whoever may.</summary>
    private void OnManifestRead(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        if (read.Rows.IsEmpty || ManifestOf(read.Rows[0].Row) is not { } manifest)
        {
            Read(OpeningPhase.ReadingManifest, _predecessor - 1, effects);
        }
        else if (_options.RefuseManifest(manifest, _options.Manifest) is { } reason)
        {
            GiveUp(reason, effects);
        }
        else
        {
            Read(OpeningPhase.ReadingPredecessor, Incarnation - 1, effects);
        }
    }

    private static string? ManifestOf(JournalRows.Row row) => row switch
    {
        JournalRows.Opened opened => opened.Manifest,
        JournalRows.Snapshotted snapshotted => snapshotted.History.Manifest,
        _ => null,
    };

    /// <summary>Rows of a predecessor, the first time or after a seal of unknown outcome or lost to a row of its own: it counts.</summary>
    private void OnPredecessorRead(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        _writing = [];
        foreach (var (number, next, row) in read.Rows)
        {
            _nextNumber = next;
            if (row is JournalRows.Sealed)
            {
                OnSealed(number, effects);
                return;
            }

            _inherited.Add(row);
        }

        if ((_faults & ProtocolFaults.SealOnlyLatestPredecessor) != ProtocolFaults.None && _predecessor < Incarnation - 1)
        {
            OnSealed(_nextNumber, effects);
            return;
        }

        _phase = OpeningPhase.SealingPredecessor;
        Append([new JournalRows.Sealed(Incarnation)], effects);
    }

    /// <summary>Nothing is written behind the seal any more. A predecessor that had opened knew, and had sealed, all before it.</summary>
    private void OnSealed(long number, List<ICoordinatorEffect> effects)
    {
        _sealed.Add((_stream, number));
        if (_inherited.Count > 0)
        {
            Open(effects);
        }
        else
        {
            Read(OpeningPhase.ReadingPredecessor, _predecessor - 1, effects);
        }
    }

    private void Open(List<ICoordinatorEffect> effects)
    {
        foreach (var row in _inherited)
        {
            _history.Apply(row);
        }

        _phase = OpeningPhase.OpeningOwn;
        (_stream, _nextNumber) = (JournalStream.Coordinator(Incarnation), 1);
        var history = _inherited.Count > 0 ? _history.Image(_options.Manifest) : null;
        Append([new JournalRows.Opened(Incarnation, _options.ResumesClosedJob, _options.Manifest, history)], effects);
    }

    /// <summary>The own stream is open: all predecessors are sealed, what they decided is final.</summary>
    private void Run(long nowMs, List<ICoordinatorEffect> effects)
    {
        _inherited = [];
        State = CoordinatorState.Running;
        effects.Add(new Opened(Incarnation, _history.LastCommitted));
        _history.Apply(new JournalRows.Opened(Incarnation, _options.ResumesClosedJob, _options.Manifest));
        if (_history.Closed is { } closed)
        {
            Close(closed, effects);
            return;
        }

        _tailAtMs = nowMs + (_options.LeaseMs / 2);
        _beatAtMs = nowMs;
        _openedAtMs = nowMs;
        BeginPlanning(nowMs);
        ExpectFormerOwners(nowMs);
    }
}
