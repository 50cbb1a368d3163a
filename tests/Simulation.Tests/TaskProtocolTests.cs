using Millrace.Runtime.Protocol;

namespace Millrace.Simulation.Tests;

public sealed class TaskProtocolTests
{
    private readonly TaskProtocol _task = new(2, Shapes.Join, generation: 3, committed: 5, consumerGenerations: [3]);

    [Fact]
    public void An_item_of_an_older_generation_is_dropped_and_of_a_newer_one_held()
    {
        _task.OnPlan(6);

        Assert.Equal(Admission.Drop, _task.Admit(0, 2, 0));
        Assert.Equal(Admission.Hold, _task.Admit(0, 4, 0));
        Assert.Equal(Admission.Take, _task.Admit(0, 3, 0));
    }

    [Fact]
    public void Nothing_is_taken_before_the_plan_is_known()
    {
        Assert.Equal(Admission.Hold, _task.Admit(0, 3, 0));

        _task.OnPlan(6);

        Assert.Equal(Admission.Take, _task.Admit(0, 3, 0));
    }

    [Fact]
    public void Plans_are_known_in_order_only()
    {
        _task.OnPlan(7);

        Assert.False(_task.MayRun);
    }

    [Fact]
    public void A_duplicate_is_dropped_and_a_gap_stops_everything_until_the_next_adoption()
    {
        _task.OnPlan(6);
        _task.Admit(0, 3, 0);

        Assert.Equal(Admission.Drop, _task.Admit(0, 3, 0));
        Assert.Equal(Admission.Gap, _task.Admit(0, 3, 2));
        Assert.Equal(Admission.Drop, _task.Admit(1, 3, 0));

        _task.Adopt(4, 5, [4]);
        _task.OnPlan(6);
        Assert.Equal(Admission.Take, _task.Admit(0, 4, 0));
    }

    [Fact]
    public void A_channel_that_has_delivered_the_barrier_is_blocked_until_the_others_have()
    {
        _task.OnPlan(6);
        _task.OnPlan(7);
        Assert.Equal(Admission.Take, _task.Admit(0, 3, 0));
        Assert.False(_task.OnBarrier(0, 6));

        Assert.Equal(Admission.Hold, _task.Admit(0, 3, 1));
        Assert.Equal(Admission.Take, _task.Admit(1, 3, 0));
        Assert.True(_task.OnBarrier(1, 6));
        _task.CompleteEpoch(6);

        Assert.Equal(Admission.Take, _task.Admit(0, 3, 1));
    }

    [Fact]
    public void Adopting_commits_up_to_the_base_and_rolls_the_rest_back()
    {
        PassEpoch(6);
        PassEpoch(7);

        var adoption = _task.Adopt(4, 6, [4]);

        Assert.Equal(new Adoption(CommitThrough: 6, RollsBack: true), adoption);
        Assert.Equal(7, _task.CurrentEpoch);
        Assert.Equal(new ItemStamp(4, 0), _task.NextStamp(0));
    }

    [Fact]
    public void Adopting_the_same_generation_changes_nothing_but_what_is_committed()
    {
        PassEpoch(6);
        _task.NextStamp(0);

        var adoption = _task.Adopt(3, 6, [3]);

        Assert.Equal(new Adoption(CommitThrough: 6, RollsBack: false), adoption);
        Assert.Equal(new ItemStamp(3, 1), _task.NextStamp(0));
    }

    [Fact]
    public void A_commit_frees_once_and_in_order()
    {
        PassEpoch(6);
        PassEpoch(7);

        Assert.False(_task.Commit(7, 6));
        Assert.True(_task.Commit(6, 5));
        Assert.False(_task.Commit(6, 5));
        Assert.True(_task.Commit(7, 6));
    }

    private void PassEpoch(long epoch)
    {
        _task.OnPlan(epoch);
        _task.CompleteEpoch(epoch);
    }
}
