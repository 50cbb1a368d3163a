using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Takeover: the lease row, the seals, the fold.</summary>
internal sealed partial class CoordinatorProtocol
{
    private List<JournalRows.Row>[] _predecessors = [];
    private OpeningPhase _phase;
    private long _predecessor;
    private long _takeoverAtMs;

    private enum OpeningPhase
    {
        ReadingLease,
        TakingLease,
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
                _predecessors = new List<JournalRows.Row>[Incarnation - 1];
                ReadPredecessor(1, effects);
                break;
            case OpeningPhase.SealingPredecessor:
                ReadPredecessor(_predecessor + 1, effects);
                break;
            default:
                Run(nowMs, effects);
                break;
        }
    }

    private void ReadPredecessor(long incarnation, List<ICoordinatorEffect> effects)
    {
        _predecessor = incarnation;
        if (incarnation == Incarnation)
        {
            _phase = OpeningPhase.OpeningOwn;
            (_stream, _nextNumber) = (JournalStream.Coordinator(Incarnation), 1);
            Append([new JournalRows.Opened(Incarnation, _options.ResumesClosedJob)], effects);
            return;
        }

        _phase = OpeningPhase.ReadingPredecessor;
        _predecessors[incarnation - 1] = [];
        (_stream, _nextNumber) = (JournalStream.Coordinator(incarnation), 1);
        ReadAgain(effects);
    }

    /// <summary>Rows of a predecessor, the first time or after a seal of unknown outcome or lost to a row of its own: it counts.</summary>
    private void OnPredecessorRead(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        _writing = [];
        var rows = _predecessors[_predecessor - 1];
        foreach (var (_, next, row) in read.Rows)
        {
            if (row is JournalRows.Sealed)
            {
                ReadPredecessor(_predecessor + 1, effects);
                return;
            }

            rows.Add(row);
            _nextNumber = next;
        }

        if ((_faults & ProtocolFaults.SealOnlyLatestPredecessor) != ProtocolFaults.None && _predecessor < Incarnation - 1)
        {
            ReadPredecessor(_predecessor + 1, effects);
            return;
        }

        _phase = OpeningPhase.SealingPredecessor;
        Append([new JournalRows.Sealed(Incarnation)], effects);
    }

    /// <summary>The own stream is open: all predecessors are sealed, what they decided is final.</summary>
    private void Run(long nowMs, List<ICoordinatorEffect> effects)
    {
        foreach (var rows in _predecessors)
        {
            foreach (var row in rows)
            {
                _history.Apply(row);
            }
        }

        _predecessors = [];
        State = CoordinatorState.Running;
        effects.Add(new Opened(Incarnation, _history.LastCommitted));
        _history.Apply(new JournalRows.Opened(Incarnation, _options.ResumesClosedJob));
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
