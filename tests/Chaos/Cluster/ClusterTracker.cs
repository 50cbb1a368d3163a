using System.Globalization;

namespace Millrace.Chaos.Cluster;

/// <summary>What the lines of all nodes say: what is planned and committed, and who coordinates. Not thread-safe.</summary>
/// <remarks>Besides the lines that <see cref="Processes.EpochTracker"/> knows: <c>TIME Job …: node ADDRESS coordinates it from now on …</c>. Only one node speaks of an epoch; which one changes.</remarks>
internal sealed class ClusterTracker
{
    private const string Coordinates = " coordinates it from now on";

    private const string Started = "Job chaos started";

    private const string MovesOff = " tasks move off node ";

    private const string OffersAgain = ", which was slow, is offered tasks again";

    private readonly SortedSet<long> _inFlight = [];
    private readonly HashSet<int> _up = [];

    /// <summary>Time of the last batch with records that is committed; 0 before.</summary>
    public long CommittedMs { get; private set; }

    /// <summary>Every batch with records that is committed: its time, and how long after it its line came, in milliseconds.</summary>
    public List<(long TimeMs, long DelayMs)> Commits { get; } = [];

    /// <summary>How often tasks have been moved off a slow node.</summary>
    public int MovesOffSlow { get; private set; }

    /// <summary>How often a slow node was offered tasks again.</summary>
    public int OffersToSlow { get; private set; }

    /// <summary>Whether an epoch is planned and not committed.</summary>
    public bool HasEpochInFlight => _inFlight.Count > 0;

    /// <summary>The node that coordinates, as far as is known.</summary>
    public int Coordinator { get; private set; }

    /// <summary>Whether the present process of a node takes part in the job.</summary>
    public bool IsUp(int node) => _up.Contains(node);

    /// <summary>A node's process is there no more.</summary>
    public void End(int node) => _up.Remove(node);

    /// <summary>Takes a line of a node.</summary>
    public void Take(int node, string line)
    {
        switch (line.Split(' '))
        {
            case ["planned", var time, _] when Number(time) > CommittedMs:
                _inFlight.Add(Number(time));
                break;
            case ["committed", var time, var records]:
                _inFlight.RemoveWhere(epoch => epoch <= Number(time));
                if (Number(records) > 0)
                {
                    CommittedMs = Math.Max(CommittedMs, Number(time));
                    Commits.Add((Number(time), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - Number(time)));
                }

                break;
            case var _ when line.Contains(Started, StringComparison.Ordinal):
                _up.Add(node);
                break;
            case var _ when line.Contains(MovesOff, StringComparison.Ordinal):
                MovesOffSlow++;
                break;
            case var _ when line.Contains(OffersAgain, StringComparison.Ordinal):
                OffersToSlow++;
                break;
            case var _ when line.Contains(Coordinates, StringComparison.Ordinal):
                Coordinator = node;
                break;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
