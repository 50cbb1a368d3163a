using Millrace.Chaos.Cluster;

namespace Millrace.Chaos.Tests.Cluster;

public sealed class ClusterTrackerTests
{
    private readonly ClusterTracker _tracker = new();

    [Fact]
    public void An_epoch_that_one_node_plans_is_committed_when_another_says_so()
    {
        _tracker.Take(0, "planned 100 7");
        Assert.True(_tracker.HasEpochInFlight);

        _tracker.Take(2, "committed 100 7");
        Assert.False(_tracker.HasEpochInFlight);
        Assert.Equal(100, _tracker.CommittedMs);
    }

    [Fact]
    public void A_plan_that_is_told_again_after_its_commit_is_not_in_flight()
    {
        _tracker.Take(0, "committed 100 7");

        _tracker.Take(1, "planned 100 7");

        Assert.False(_tracker.HasEpochInFlight);
    }

    [Fact]
    public void A_commit_without_records_says_nothing_of_the_input()
    {
        _tracker.Take(0, "committed 100 7");
        _tracker.Take(0, "committed 200 0");

        Assert.Equal(100, _tracker.CommittedMs);
    }

    [Fact]
    public void The_coordinator_is_who_said_so_last()
    {
        _tracker.Take(1, "10:00:00.000 Job chaos: node 127.0.0.1:4053 coordinates it from now on, behind epoch 0");
        _tracker.Take(2, "10:00:01.000 Job chaos: node 127.0.0.1:4054 coordinates it from now on, behind epoch 7");

        Assert.Equal(2, _tracker.Coordinator);
    }

    [Fact]
    public void A_slow_node_loses_its_tasks_and_is_offered_some_again()
    {
        _tracker.Take(0, "10:00:00.000 Job chaos: 5 tasks move off node 127.0.0.1:4053 to the others, 2 stay that can't move; it is offered tasks again in 60 s");
        Assert.Equal((1, 0), (_tracker.MovesOffSlow, _tracker.OffersToSlow));

        _tracker.Take(0, "10:01:00.000 Job chaos: node 127.0.0.1:4053, which was slow, is offered tasks again");
        Assert.Equal((1, 1), (_tracker.MovesOffSlow, _tracker.OffersToSlow));
    }

    [Fact]
    public void A_node_is_up_from_when_its_job_has_started_until_it_is_killed()
    {
        _tracker.Take(1, "10:00:00.000 Job chaos started: 11 stages, 21 tasks");
        Assert.True(_tracker.IsUp(1));

        _tracker.End(1);
        Assert.False(_tracker.IsUp(1));
    }

    [Fact]
    public void A_seed_draws_the_same_faults_again()
    {
        var options = new ClusterOptions { Seed = 7 };

        Assert.Equal(PlannedFault.Draw(options), PlannedFault.Draw(options));
        Assert.NotEqual(PlannedFault.Draw(options), PlannedFault.Draw(options with { Seed = 8 }));
    }
}
