using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Savepoints: snapshots that somebody asked for, whose images stay until they have been copied.</summary>
/// <remarks>
/// A savepoint is a snapshot like any other: planned, named when every image is durable and every sink has its epoch. Only then is it
/// handed out, and no further snapshot is planned until it has been copied, since naming the next one deletes the images of the last.
/// What was asked for is not durable: with the coordinator goes the request.
/// <para>A rescale is a graceful stop with the savepoint of its last epoch, of which images of the new tasks are made before the job is closed. So what closes it says
/// all that the next coordinator needs, and as long as it is not closed nothing has happened.</para>
/// </remarks>
internal sealed partial class CoordinatorProtocol
{
    /// <summary>The target of a savepoint from which the job goes on with the tasks that it has, all of them opened anew.</summary>
    public const string AsItIs = "";

    private readonly List<SavepointRequest> _savepoints = [];
    private int _savepointsCopied;
    private bool _isRescaling;
    private Fitted? _next;

    /// <summary>A request that no plan answers yet, and the next one may.</summary>
    private bool IsSavepointWanted =>
        _savepoints.Exists(request => request.Plan is null && (!request.Asked.AtEnd || IsPlanLast));

    private bool IsPlanLast => State == CoordinatorState.Draining && (!_isLastPollDue || (_faults & ProtocolFaults.LastSavepointTooEarly) != ProtocolFaults.None);

    private bool AreImagesCopied => _savepointsCopied > 0 && (_faults & ProtocolFaults.SnapshotWhileCopying) == ProtocolFaults.None;

    /// <summary>The job must not end: a savepoint is on its way.</summary>
    private bool IsSavepointUnderWay => _savepointsCopied > 0 || _savepoints.Exists(request => request.Plan is not null);

    private void OnTakeSavepoint(TakeSavepoint asked) => _savepoints.Add(new(asked, null));

    private void OnRescale(Rescale rescale, long nowMs)
    {
        _isRescaling = true;
        _savepoints.Add(new(new TakeSavepoint(rescale.Target, AtEnd: true), null));
        Drain(nowMs);
    }

    private void OnFitted(Fitted fitted)
    {
        _savepointsCopied--;
        _next = fitted;
    }

    /// <summary>Nobody of before belongs to the new tasks: his items and his acknowledgements are void.</summary>
    private JournalRows.Closed Rescaled(Fitted next) => new(JobOutcome.Rescaled, next.Manifest, (next.History ?? _history.Image()) with
    {
        Attempt = null,
        Failures = 0,
        LastAttempt = (_faults & ProtocolFaults.ForgetAttempts) == ProtocolFaults.None ? _history.LastAttempt : 0,
        Dead = [.. _history.Image().Dead.Union(_processes.Select(process => process.Uid)).Order()],
    });

    /// <summary>A plan takes a snapshot: it answers all requests that are due.</summary>
    private void AssignSavepoints(EpochPlan plan)
    {
        var isLast = IsPlanLast;
        Reassign(request => request.Plan is null && (!request.Asked.AtEnd || isLast), plan);
    }

    /// <summary>The images of an epoch can't come together any more: its requests need another.</summary>
    private void ReopenSavepoints(long epoch) => Reassign(request => request.Plan?.Epoch == epoch, null);

    private void Reassign(Predicate<SavepointRequest> which, EpochPlan? plan)
    {
        for (var i = 0; i < _savepoints.Count; i++)
        {
            if (which(_savepoints[i]))
            {
                _savepoints[i] = _savepoints[i] with { Plan = plan };
            }
        }
    }

    /// <summary>A snapshot is named: handed out as if nothing had been planned behind it.</summary>
    private void HandOutSavepoints(JournalRows.Snapshotted snapshot, List<ICoordinatorEffect> effects)
    {
        foreach (var (asked, plan) in _savepoints.FindAll(request => request.Plan?.Epoch == snapshot.Epoch))
        {
            _savepointsCopied++;
            var history = snapshot.History with
            {
                LastPlanned = plan!.Epoch,
                LastNowMs = plan.NowMs,
                LastCommitted = plan.Epoch,
                LastRanges = plan.Ranges,
                Inflight = [],
                Committed = [],
                Attempt = null,
                Failures = 0,
                Dead = [],
                Applied = plan.Epoch,
                Former = null,
                Closed = null,
                Origin = 0,
                LastAttempt = 0,
            };
            effects.Add(new CopySavepoint(asked.Target, snapshot with { History = history }));
        }

        _savepoints.RemoveAll(request => request.Plan?.Epoch == snapshot.Epoch);
    }

    /// <param name="Asked">What was asked for.</param>
    /// <param name="Plan">The plan that takes the snapshot; null before it is made.</param>
    private readonly record struct SavepointRequest(TakeSavepoint Asked, EpochPlan? Plan);
}
