using System.Collections.Immutable;
using System.Globalization;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The job is rescaled: every process begins anew, with other tasks, from images that were made of the last ones.</summary>
/// <remarks>
/// The tasks are as many as before, so that the same oracle follows them; how state is divided among more or fewer is no matter of the protocol. A process that is started again
/// has the program's own scale, and learns the job's of the journal, of a coordinator, or of another node, whose messages are void to it until then.
/// </remarks>
internal sealed partial class SimCluster
{
    private const string OfRescale = "rescale: ";

    private readonly int[] _scales;
    private readonly bool[] _leads;

    private void ScheduleRescales()
    {
        for (var i = 0; i < Options.Rescales; i++)
        {
            Schedule(Random.Between(20, Options.FaultsUntilMs) * 1000, SimEventKind.Rescale, null);
        }
    }

    /// <summary>A user asks whoever rules; while nobody does, again a little later.</summary>
    private void AskToRescale()
    {
        if (_completedAtUs >= 0)
        {
            return;
        }

        if (Array.Find(_nodes, node => node?.Candidate?.State == CoordinatorState.Running && node.PausedUntilUs <= NowUs) is { } ruling)
        {
            StepCandidate(ruling, new CoordinatorMessages.Rescale($"{OfRescale}{++_asked}"));
        }
        else
        {
            Schedule(NowUs + 50_000, SimEventKind.Rescale, null);
        }
    }

    /// <summary>Images of the new tasks are written, or it turns out that the state can't be divided, and the former tasks' go on.</summary>
    private void OnFit(SimProcess process, SimSavepoint savepoint)
    {
        if (process.Candidate?.Incarnation != savepoint.Incarnation)
        {
            return;
        }

        var (snapshot, history) = (savepoint.Snapshot, (HistoryImage?)null);
        if (Random.Below(4) != 0)
        {
            var uid = new ProcessUid(Random.Next() | 1);
            var images = ImmutableArray.CreateBuilder<RowAddress>();
            var next = 1L;
            foreach (var address in snapshot.Images)
            {
                // Another coordinator has taken over, and let go of it: nothing comes of this.
                if (Journal.FindImage(address) is not { } image)
                {
                    return;
                }

                images.Add(new(uid, next));
                Journal.TryAppend(new JournalMessages.Append(JournalStream.Snapshots(uid), next, [image with { Generation = 0 }]), out next);
            }

            history = snapshot.History with { SnapshotEpoch = snapshot.Epoch, Images = images.ToImmutable(), Origin = snapshot.Epoch };
        }

        StepCandidate(process, new CoordinatorMessages.Fitted(TextOf(process.Scale + 1), history));
    }

    /// <summary>The tasks of before are void, with all that they have; the process begins anew.</summary>
    private void BeginAnew(SimProcess process, int scale, bool leads)
    {
        if (process.IsDead || scale <= process.Scale)
        {
            return;
        }

        Counters.Rescales++;
        End(process, 1 + Random.Below(20));
        (_scales[process.Node], _leads[process.Node]) = (scale, leads);
    }

    /// <summary>Whether two nodes run the same tasks; the one that is behind hears it from the other's next hello.</summary>
    private bool AreOfOneScale(SimProcess one, SimProcess other)
    {
        if (one.Scale == other.Scale)
        {
            return true;
        }

        var (behind, ahead) = one.Scale < other.Scale ? (one, other) : (other, one);
        Schedule(NowUs + Random.Between(100, 200_000), SimEventKind.ScaleTold, behind, a: ahead.Scale);
        return false;
    }

    private static string TextOf(int scale) => scale.ToString(CultureInfo.InvariantCulture);

    private static int ScaleOf(string manifest) => int.Parse(manifest, CultureInfo.InvariantCulture);
}
