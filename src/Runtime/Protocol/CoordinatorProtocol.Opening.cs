using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Takeover: the lease row, the seals, the fold.</summary>
internal sealed partial class CoordinatorProtocol
{
    private readonly List<JournalRows.Row> _rows = [];
    private readonly List<(JournalStream Stream, long Number)> _seals = [];
    private bool _isSealing;
    private OpeningPhase _phase;
    private long _predecessor;
    private JournalRows.Opened? _opened;
    private long _takeoverAtMs;

    private enum OpeningPhase
    {
        ReadingLease,
        TakingLease,
        Comparing,
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
            case OpeningPhase.Comparing:
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
                ReadPredecessor(Incarnation - 1, effects);
                break;
            case OpeningPhase.SealingPredecessor:
                OnSealed(_nextNumber - 1, effects);
                break;
            default:
                Run(nowMs, effects);
                break;
        }
    }

    /// <summary>
    /// From the newest backwards, first only reading, up to the one that opened last: everything older was sealed by that one, and
    /// it has their history. A job that can't go on from there leaves the predecessors, who may live, as they are.
    /// </summary>
    private void ReadPredecessor(long incarnation, List<ICoordinatorEffect> effects)
    {
        _predecessor = incarnation;
        if (incarnation == 0)
        {
            EndWalk(effects);
            return;
        }

        _phase = _isSealing ? OpeningPhase.ReadingPredecessor : OpeningPhase.Comparing;
        _rows.Clear();
        (_stream, _nextNumber) = (JournalStream.Coordinator(incarnation), 1);
        ReadAgain(effects);
    }

    private void EndWalk(List<ICoordinatorEffect> effects)
    {
        if (!_isSealing)
        {
            _isSealing = true;
            ReadPredecessor(Incarnation - 1, effects);
            return;
        }

        // Nobody has opened: the job begins, here or from its origin. What was rescaled goes on from what closed it; the rest is of other tasks.
        var next = _rows.Count == 0 ? _options.Origin : NextOf(_rows);
        if (next is null)
        {
            foreach (var row in _rows)
            {
                _history.Apply(row);
            }

            next = _rows.Count == 0 ? null : _history.Image();
            _rows.Clear();
        }

        _phase = OpeningPhase.OpeningOwn;
        (_stream, _nextNumber) = (JournalStream.Coordinator(Incarnation), 1);
        _opened = new(Incarnation, _options.ResumesClosedJob && !_hasHeard, _options.Manifest, next);
        Append([_opened], effects);
    }

    /// <summary>Rows of a predecessor, the first time or after a seal of unknown outcome or lost to a row of its own: it counts.</summary>
    private void OnPredecessorRead(JournalMessages.RowsRead read, List<ICoordinatorEffect> effects)
    {
        _writing = [];
        var seal = 0L;
        foreach (var (number, next, row) in read.Rows)
        {
            if (row is JournalRows.Sealed)
            {
                seal = number;
                break;
            }

            _rows.Add(row);
            _nextNumber = next;
        }

        // Why: compared before every seal, since another may have opened between the two passes.
        if (ManifestOf(_rows) is { } manifest && _options.IsRescaled?.Invoke(manifest, _options.Manifest) == true)
        {
            State = CoordinatorState.Stopped;
            effects.Add(new Rescaled(manifest));
        }
        else if (Refusal() is { } reason)
        {
            GiveUp(reason, effects);
        }
        else if (_phase == OpeningPhase.Comparing)
        {
            Continue(effects);
        }
        else if (seal > 0)
        {
            OnSealed(seal, effects);
        }
        else if ((_faults & ProtocolFaults.SealOnlyLatestPredecessor) != ProtocolFaults.None && _predecessor < Incarnation - 1)
        {
            Continue(effects);
        }
        else
        {
            _phase = OpeningPhase.SealingPredecessor;
            Append([new JournalRows.Sealed(Incarnation)], effects);
        }
    }

    private void OnSealed(long number, List<ICoordinatorEffect> effects)
    {
        _seals.Add((_stream, number));
        Continue(effects);
    }

    /// <summary>A stream that opened ends the walk; an empty one, or one that was sealed before it opened, tells nothing.</summary>
    private void Continue(List<ICoordinatorEffect> effects)
    {
        var stopsTooEarly = (_faults & ProtocolFaults.StopOneStreamTooEarly) != ProtocolFaults.None;
        if (_rows.Count > 0 || stopsTooEarly)
        {
            EndWalk(effects);
        }
        else
        {
            ReadPredecessor(_predecessor - 1, effects);
        }
    }

    private string? Refusal() => ManifestOf(_rows) is { } manifest && manifest != _options.Manifest ? _options.RefusesManifest?.Invoke(manifest, _options.Manifest) : null;

    /// <summary>What a job goes on from that was rescaled when these were its last rows.</summary>
    private static HistoryImage? NextOf(List<JournalRows.Row> rows) => rows is [.., JournalRows.Closed { Next: { } next }] ? next : null;

    private string? ManifestOf(List<JournalRows.Row> rows) => rows switch
    {
        [] => null,
        [.., JournalRows.Closed { Next: not null } closed] => closed.Reason,
        [JournalRows.Opened opened, ..] => opened.Manifest,
        [JournalRows.Snapshotted snapshotted, ..] => snapshotted.Manifest,
        _ => throw new InvalidOperationException($"{_stream} was expected to begin with Opened or Snapshotted; {rows[0].GetType().Name} was found."),
    };

    /// <summary>The own stream is open: all predecessors are sealed, what they decided is final.</summary>
    private void Run(long nowMs, List<ICoordinatorEffect> effects)
    {
        // Why: the seal stays as the last row of its stream, so that whatever a predecessor may still append conflicts.
        foreach (var (stream, number) in _seals)
        {
            AddTrim(stream, number - 1, effects);
        }

        _seals.Clear();
        TrimBeforeRescale(effects);
        State = CoordinatorState.Running;
        _history.Apply(_opened!);
        effects.Add(new Opened(Incarnation, _history.LastCommitted));
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

    /// <summary>Of a job that has other tasks nobody needs what the former ones have written.</summary>
    private void TrimBeforeRescale(List<ICoordinatorEffect> effects)
    {
        if (NextOf(_rows) is { Former: null, Committed: [] } next)
        {
            var histories = _rows.Select(row => row switch
            {
                JournalRows.Opened opened => opened.History,
                JournalRows.Snapshotted snapshotted => snapshotted.History,
                _ => null,
            }).OfType<HistoryImage>().ToArray();
            TrimRows(long.MaxValue, [.. histories.SelectMany(history => history.Committed), .. _rows.OfType<JournalRows.Committed>().Select(row => row.Epoch)], effects);
            TrimImages(next.Images, [.. histories.SelectMany(history => history.Images.AddRange(history.Former?.Images ?? []))], effects);
        }

        _rows.Clear();
    }
}
