using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Simulation.Tests.Shapes;

namespace Millrace.Simulation.Tests;

/// <summary>Races that a process can get into, one by one.</summary>
public sealed class WorkerRaceTests
{
    private readonly WorkerScript _line = new(Line, A);
    private readonly WorkerScript _lines = new(TwoLines, A);

    [Fact]
    public void Race_03_a_returning_owner_starts_afresh_even_at_an_equal_base()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1).Attempt(Attempt(2, 0, [2, 2], [B, A], [2, 1]));
        _line.Effects.Clear();

        _line.Attempt(Attempt(3, 0, [3, 3], [A, A], [3, 1]), 0);

        Assert.Equal(0, Assert.Single(_line.Told<WorkerMessages.StartTask>()).Task);
        Assert.Equal(1, Assert.Single(_line.Told<WorkerMessages.AdoptTask>()).Task);
    }

    [Fact]
    public void Race_03_a_returning_owner_starts_afresh_even_if_it_missed_that_it_was_one_no_more()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1);
        _line.Effects.Clear();

        _line.Attempt(Attempt(3, 0, [3, 3], [A, A], [3, 1]), 0);

        Assert.Equal(0, Assert.Single(_line.Told<WorkerMessages.StartTask>()).Task);
    }

    [Fact]
    public void Race_10_a_lost_ack_is_repeated_with_the_same_row()
    {
        RunFirstEpoch(_line, 0, 1);
        var row = Assert.Single(_line.Acks.Select(a => a.Row).Distinct());

        _line.NowMs = 100;
        _line.Tell(WorkerMessages.Tick.Instance);

        Assert.All(_line.LastHeartbeat.Acks, a => Assert.Equal(row, a.Row));
        Assert.Equal(2, _line.LastHeartbeat.Acks.Length);
    }

    [Fact]
    public void Race_10_a_new_incarnation_hears_every_uncommitted_ack()
    {
        RunFirstEpoch(_line, 0, 1);
        _line.Effects.Clear();

        _line.Tell(new Beat(2, 1, 1, 0));

        Assert.Equal(2, _line.LastHeartbeat.Incarnation);
        Assert.Equal(2, _line.LastHeartbeat.Acks.Length);
    }

    [Fact]
    public void Race_12_a_frozen_process_passes_no_commit_on_until_its_question_is_answered()
    {
        var script = new WorkerScript(Line, A, leaseMs: 500);
        RunFirstEpoch(script, 0, 1);
        script.NowMs = 400;
        script.Effects.Clear();

        script.Tell(new Commit(1, Commit(1, script.Worker.CurrentAttempt!.Owner.Select(_ => new RowAddress(A, 1)).ToArray())));
        Assert.Empty(script.Told<WorkerMessages.CommitEpoch>());
        var asks = script.LastHeartbeat.Asks;
        Assert.True(asks > 0);

        script.Tell(new Beat(1, 5, 1, Answers: asks));
        script.Tell(new Commit(1, Commit(1, new RowAddress(A, 1), new RowAddress(A, 1))));
        Assert.Equal(2, script.Told<WorkerMessages.CommitEpoch>().Count());
    }

    [Fact]
    public void Race_16_an_attempt_while_the_last_one_is_still_being_undone()
    {
        RunFirstEpoch(_line, 0, 1);
        _line.Attempt(Attempt(2, 0, [2, 2], [A, A], [1, 1])).Attempt(Attempt(3, 0, [3, 3], [A, A], [1, 1]));
        _line.Effects.Clear();

        _line.Ready(2, 0, 1);
        Assert.Empty(_line.Told<WorkerMessages.RunEpoch>());

        _line.Ready(3, 0, 1);
        Assert.Equal(2, _line.Told<WorkerMessages.RunEpoch>().Count());
    }

    [Fact]
    public void Race_18_a_process_without_tasks_writes_nothing_and_follows_commits()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [B, B], [1, 1])).Run(1).Tell(new Commit(1, Commit(1, new RowAddress(B, 1), new RowAddress(B, 1))));

        Assert.Equal(1, _line.Worker.Committed);
        Assert.Empty(_line.Journal.Read(JournalStream.Process(A), 1));
    }

    [Fact]
    public void Race_21_and_22_the_rewritten_row_carries_old_deltas_of_some_and_new_ones_of_others()
    {
        RunFirstEpoch(_lines, 0, 1, 2, 3);
        _lines.Attempt(Attempt(2, 0, [2, 2, 1, 1], [A, A, A, A], [1, 1, 1, 1]));
        _lines.Effects.Clear();

        _lines.Ready(2, 0, 1).Completed(1, 2, "again", 0, 1);

        Assert.Equal([0, 1], _lines.Told<WorkerMessages.RunEpoch>().Select(r => r.Task));
        var row = Assert.IsType<JournalRows.EpochDeltas>(_lines.Journal.Read(JournalStream.Process(A), 2)[0].Row);
        Assert.Equal(["again", "again", "first", "first"], row.Tasks.Select(t => (string)t.Delta!));
        Assert.Equal([2, 2, 1, 1], row.Tasks.Select(t => t.Generation));
        Assert.Equal(4, _lines.Acks.Count(a => a.Row.Number == 2));
    }

    [Fact]
    public void Race_21_a_commit_may_name_either_row_of_a_task_that_was_not_sent_back()
    {
        RunFirstEpoch(_lines, 0, 1, 2, 3);
        _lines.Attempt(Attempt(2, 0, [2, 2, 1, 1], [A, A, A, A], [1, 1, 1, 1])).Ready(2, 0, 1).Completed(1, 2, "again", 0, 1);

        _lines.Tell(new Commit(1, Commit(1, new(A, 2), new(A, 2), new(A, 1), new(A, 2))));

        Assert.Equal(4, _lines.Told<WorkerMessages.CommitEpoch>().Count());
        Assert.Equal(0, _lines.Worker.Retained);
    }

    [Fact]
    public void A_commit_that_does_not_name_the_own_row_is_not_acted_on()
    {
        RunFirstEpoch(_line, 0, 1);

        _line.Tell(new Commit(1, Commit(1, new RowAddress(A, 1), new RowAddress(B, 1))));

        Assert.Empty(_line.Told<WorkerMessages.CommitEpoch>());
        Assert.Equal(0, _line.Worker.Committed);
    }

    [Fact]
    public void Race_23_the_base_of_an_attempt_commits_what_was_never_told()
    {
        RunFirstEpoch(_line, 0, 1);
        _line.Effects.Clear();

        _line.Attempt(Attempt(2, 1, [2, 2], [A, A], [1, 1]));

        Assert.All(_line.Told<WorkerMessages.AdoptTask>(), a => Assert.Equal(1, a.Base));
        Assert.Equal(0, _line.Worker.Retained);
        Assert.Equal(1, _line.LastHeartbeat.Committed);
    }

    [Fact]
    public void Race_24_a_missed_attempt_does_not_matter()
    {
        RunFirstEpoch(_line, 0, 1);

        _line.Attempt(Attempt(4, 0, [4, 4], [A, A], [1, 1]));

        Assert.Equal(4, _line.LastHeartbeat.Attempt);
        Assert.All(_line.Told<WorkerMessages.AdoptTask>(), a => Assert.Equal(4, a.Generation));
    }

    [Fact]
    public void Race_27_a_commit_that_overtakes_the_one_before_waits_for_it()
    {
        RunFirstEpoch(_line, 0, 1);
        _line.Run(2).Completed(2, 1, "second", 0, 1);
        var second = new Commit(1, Commit(2, new(A, 2), new(A, 2)));

        _line.Tell(second);
        Assert.Empty(_line.Told<WorkerMessages.CommitEpoch>());

        _line.Tell(new Commit(1, Commit(1, new(A, 1), new(A, 1)))).Tell(second);
        Assert.Equal([1, 1, 2, 2], _line.Told<WorkerMessages.CommitEpoch>().Select(c => c.Epoch));
    }

    [Fact]
    public void A_row_of_unknown_outcome_is_looked_up_before_anything_else_is_written()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1).Ready(1, 0, 1).Run(1).Run(2);
        _line.Held = new Queue<JournalMessages.Append>();
        _line.Completed(1, 1, "first", 0, 1).Completed(2, 1, "second", 0, 1);
        var append = Assert.Single(_line.Held);

        _line.Journal.TryAppend(append);
        _line.Held = null;
        _line.Tell(new JournalMessages.Appended(append.Stream, append.FirstNumber, AppendOutcome.Unknown, append.FirstNumber + append.Rows.Length));
        Assert.Empty(_line.Acks);
        _line.NowMs = 50;
        _line.Tell(WorkerMessages.Tick.Instance);

        Assert.Equal([1, 1, 2, 2], _line.Acks.Select(a => a.Epoch));
        Assert.Equal(2, _line.Journal.Read(append.Stream, 1).Length);
    }

    [Fact]
    public void A_plan_that_comes_after_its_commit_is_of_no_use()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [B, B], [1, 1])).Tell(new Commit(1, Commit(1, new(B, 1), new(B, 1)))).Run(1);

        _line.Attempt(Attempt(2, 1, [2, 2], [A, A], [2, 2], B), 0, 1).Ready(2, 0, 1);

        Assert.Empty(_line.Told<WorkerMessages.RunEpoch>());
    }

    [Fact]
    public void A_source_that_becomes_ready_after_the_poll_is_asked_then()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1).Tell(new Poll(1, 1, 100, IsDraining: false));
        Assert.Empty(_line.Told<WorkerMessages.PollOffsets>());

        _line.Ready(1, 0, 1);

        Assert.Equal(new WorkerMessages.PollOffsets(0, 1, 100), Assert.Single(_line.Told<WorkerMessages.PollOffsets>()));
    }

    [Fact]
    public void A_lost_state_is_reported_at_every_newer_generation_until_the_task_is_held_anew()
    {
        _line.Attempt(Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1).Ready(1, 0, 1);
        _line.Attempt(Attempt(2, 0, [2, 2], [A, A], [1, 1]));
        _line.Effects.Clear();

        _line.Tell(new WorkerMessages.TaskFailed(1, 1, "Crashed.", FailureKind.TaskAndState));
        Assert.Equal(2, LastFailure().Generation);

        _line.Attempt(Attempt(3, 0, [3, 3], [A, A], [1, 1]));
        Assert.Equal(3, LastFailure().Generation);
        Assert.DoesNotContain(_line.Told<WorkerMessages.AdoptTask>(), a => a.Task == 1);

        _line.Attempt(Attempt(4, 0, [4, 4], [A, A], [1, 4]), 1);
        Assert.Equal(1, Assert.Single(_line.Told<WorkerMessages.StartTask>()).Task);
        Assert.Empty(_line.LastHeartbeat.Failures);
    }

    private TaskFailure LastFailure() =>
        _line.Told<WorkerMessages.Send>().Select(s => s.Message).OfType<ControlMessages.TaskFailed>().Last().Failure;

    [Fact]
    public void A_lower_incarnation_is_answered_and_not_obeyed()
    {
        _line.Tell(new Beat(3, 1, 0, 0));
        _line.Effects.Clear();

        _line.Tell(new ControlMessages.Attempt(2, Attempt(1, 0, [1, 1], [A, A], [1, 1]), [.. References(0, 1)]));

        Assert.Equal(3, _line.LastHeartbeat.Incarnation);
        Assert.Empty(_line.Told<WorkerMessages.StartTask>());
    }

    private static void RunFirstEpoch(WorkerScript script, params int[] tasks)
    {
        var one = tasks.Select(_ => 1).ToArray();
        script.Attempt(Attempt(1, 0, one, [.. tasks.Select(_ => A)], one), tasks).Ready(1, tasks).Run(1).Completed(1, 1, "first", tasks);
    }
}
