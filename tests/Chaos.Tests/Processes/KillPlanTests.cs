using Millrace.Chaos.Processes;

namespace Millrace.Chaos.Tests.Processes;

public sealed class KillPlanTests
{
    [Fact]
    public void A_seed_plans_the_same_kills_again() => Assert.Equal(new KillPlan(100, 7).Kills.AsEnumerable(), new KillPlan(100, 7).Kills);

    [Fact]
    public void Other_seeds_plan_other_kills() => Assert.NotEqual(new KillPlan(100, 7).Kills.AsEnumerable(), new KillPlan(100, 8).Kills);

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(1000)]
    public void A_tenth_and_more_of_the_kills_are_during_recovery(int kills) =>
        Assert.True(new KillPlan(kills, 1).Kills.Count(kill => kill.Moment == KillMoment.Recovery) > kills / 10);

    [Fact]
    public void The_first_kill_is_not_during_recovery() =>
        Assert.All(Enumerable.Range(0, 200), seed => Assert.NotEqual(KillMoment.Recovery, new KillPlan(3, seed).Kills[0].Moment));
}
