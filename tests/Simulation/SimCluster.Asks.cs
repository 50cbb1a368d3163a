using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>What users ask of the job while it runs: orders for the tasks, and savepoints.</summary>
internal sealed partial class SimCluster
{
    private const string OfEnd = "end: ";

    private readonly List<SimSavepoint> _savepoints = [];
    private int _asked;

    private void ScheduleAsks()
    {
        for (var i = 0; i < Options.Asks; i++)
        {
            Schedule(Random.Between(20, Options.FaultsUntilMs) * 1000, SimEventKind.Ask, null);
        }
    }

    /// <summary>A user asks whoever rules; while nobody does, again a little later.</summary>
    private void Ask()
    {
        var ruling = _completedAtUs >= 0 ? null : Array.Find(_nodes, node => node?.Candidate?.State == CoordinatorState.Running && node.PausedUntilUs <= NowUs);
        if (ruling is null)
        {
            if (_completedAtUs < 0)
            {
                Schedule(NowUs + 50_000, SimEventKind.Ask, null);
            }

            return;
        }

        var name = $"ask-{++_asked}";
        if (Random.Below(2) == 0)
        {
            StepCandidate(ruling, new CoordinatorMessages.Order(name));
            return;
        }

        var isOfEnd = Options.StopsAtMs > 0 && Random.Below(2) == 0;
        StepCandidate(ruling, new CoordinatorMessages.TakeSavepoint(isOfEnd ? OfEnd + name : name, isOfEnd));
    }

    private void OnCopySavepoint(SimProcess process, CoordinatorMessages.CopySavepoint copy)
    {
        Counters.Savepoints++;
        var isRuling = Journal.Count(JournalStream.Lease) == process.Candidate!.Incarnation;
        Checker.OnSavepoint(copy.Snapshot, hasImages: isRuling);
        if (copy.Target == CoordinatorProtocol.AsItIs || copy.Target.StartsWith(OfRescale, StringComparison.Ordinal))
        {
            Schedule(NowUs + Random.Between(100, 400_000), SimEventKind.SavepointCopied, process, new SimSavepoint(copy.Snapshot, process.Candidate!.Incarnation, IsOfEnd: false, IsOfRescale: true));
            return;
        }

        var savepoint = new SimSavepoint(copy.Snapshot, process.Candidate!.Incarnation, copy.Target.StartsWith(OfEnd, StringComparison.Ordinal));
        _savepoints.Add(savepoint);
        Schedule(NowUs + Random.Between(100, 400_000), SimEventKind.SavepointCopied, process, savepoint);
    }

    /// <summary>The last image has just been read: all were there until now, unless another coordinator has taken over.</summary>
    private void OnSavepointCopied(SimProcess process, SimSavepoint savepoint)
    {
        if (Journal.Count(JournalStream.Lease) == savepoint.Incarnation)
        {
            Checker.OnSavepointCopied(savepoint.Snapshot);
        }

        if (savepoint.IsOfRescale)
        {
            OnFit(process, savepoint);
            return;
        }

        if (process.Candidate?.Incarnation == savepoint.Incarnation)
        {
            StepCandidate(process, new CoordinatorMessages.SavepointCopied());
        }
    }

    /// <summary>A savepoint of the last epoch is of no earlier one.</summary>
    private void CheckSavepoints()
    {
        foreach (var savepoint in _savepoints)
        {
            if (savepoint.IsOfEnd && Journal.Count(JournalStream.Lease) == savepoint.Incarnation)
            {
                Checker.OnLastSavepoint(savepoint.Snapshot.Epoch);
            }
        }
    }

    /// <param name="Snapshot">As handed out.</param>
    /// <param name="Incarnation">By which coordinator.</param>
    /// <param name="IsOfEnd">Asked for as that of the last epoch.</param>
    /// <param name="IsOfRescale">Asked for to make images of other tasks from it.</param>
    private sealed record SimSavepoint(JournalRows.Snapshotted Snapshot, long Incarnation, bool IsOfEnd, bool IsOfRescale = false);
}
