using System.Collections.Immutable;

namespace Millrace.Chaos.Processes;

/// <summary>Moments and delays of all kills, drawn from a seed: the same seed plans the same kills, as far as real processes allow.</summary>
internal sealed class KillPlan
{
    // Why twice the tenth asked for: some victims recover before they are hit.
    private const double RecoveryShare = 0.2;
    private const double AnyShare = 0.04;

    // Why the square: most victims live shortly, so that most of the time is spent on recoveries, and a few live for seconds.
    private const double LifeMsMax = 1500;

    public KillPlan(int kills, int seed)
    {
        // Not for secrets: kills have to be drawn again from the seed.
#pragma warning disable CA5394
        var random = new Random(seed);
        var (recoveries, others) = ((int)Math.Ceiling(kills * RecoveryShare), (int)(kills * AnyShare));
        var moments = Enumerable.Range(0, kills).Select(kill =>
            kill < kills - recoveries - others ? KillMoment.EpochInFlight
            : kill < kills - others ? KillMoment.Recovery
            : KillMoment.Any).ToArray();
        // Why not the first: it starts on nothing, and recovers nothing.
        random.Shuffle(moments.AsSpan(1));
        Kills =
        [
            .. moments.Select(moment => new PlannedKill(moment, TimeSpan.FromMilliseconds(Math.Pow(random.NextDouble(), 2) * LifeMsMax), random.NextDouble())),
        ];
#pragma warning restore CA5394
    }

    /// <summary>One after the other.</summary>
    public ImmutableArray<PlannedKill> Kills { get; }
}
