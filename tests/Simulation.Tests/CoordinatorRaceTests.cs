using Millrace.Client;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Simulation.Tests.Shapes;

namespace Millrace.Simulation.Tests;

/// <summary>Races that coordinators can get into, one by one.</summary>
public sealed class CoordinatorRaceTests
{
    private readonly SimJournal _journal = new();

    [Fact]
    public void Race_01_and_06_every_predecessor_is_sealed_not_only_the_latest_and_an_empty_one_too()
    {
        var first = Running(1);
        var second = new CoordinatorScript(_journal, Line, uid: 2) { Held = new() };
        second.TakeOver();
        Assert.True(_journal.TryAppend(second.Held.Dequeue()));

        var third = Running(3);
        first.Polled(A, 0, 1, 1, 10);

        Assert.Equal(3, third.Coordinator.Incarnation);
        Assert.IsType<JournalRows.Sealed>(first.Rows(1).Last());
        Assert.IsType<JournalRows.Sealed>(Assert.Single(first.Rows(2)));
        Assert.Equal(CoordinatorState.Fenced, first.State);
    }

    [Fact]
    public void What_the_journal_says_to_a_coordinator_that_was_stopped_while_it_opened_is_void()
    {
        var held = new SimJournal();
        var script = new CoordinatorScript(held, Line).TakeOverHeld();
        var read = script.HeldReads!.Dequeue();
        script.Tell(new CoordinatorMessages.Stop(IsGraceful: true));
        Assert.Equal(CoordinatorState.Stopped, script.State);

        script.Tell(new JournalMessages.RowsRead(read.Stream, read.FromNumber, read.Request, [new(1, 2, new JournalRows.LeaseTaken(B))]));
        script.Tell(new JournalMessages.ReadFailed(read.Stream, read.Request));

        Assert.Equal(0, held.Count(JournalStream.Lease));
        Assert.IsType<CoordinatorMessages.Stopped>(Assert.Single(script.Effects));
    }

    [Fact]
    public void Race_02_a_late_ack_of_a_dead_process_does_not_count()
    {
        var script = Running(1, A, B);
        script.Polled(A, 0, 1, 1, 10);
        Assert.Equal([A, B], script.Coordinator.History.Attempt!.Owner.ToArray());
        script.Tell(new CoordinatorMessages.ProcessLost(B));

        script.Ack(A, 2, 1, 1, 0).Ack(B, 1, 1, 1, 1).Ack(B, 2, 1, 1, 1);
        Assert.Equal(0, script.Coordinator.History.LastCommitted);

        script.Ack(A, 2, 1, 1, 1);
        Assert.Equal(1, script.Coordinator.History.LastCommitted);
    }

    [Fact]
    public void Race_05_of_two_coordinators_alive_the_older_one_learns_it_at_its_next_append()
    {
        var first = Running(1);
        var second = Running(2);

        first.Polled(A, 0, 1, 1, 10);

        Assert.Equal(CoordinatorState.Fenced, first.State);
        Assert.Equal(CoordinatorState.Running, second.State);
    }

    [Fact]
    public void Race_05_an_idle_older_coordinator_learns_it_by_reading_its_tail()
    {
        var leased = new CoordinatorOptions { LeaseMs = 500 };
        var first = new CoordinatorScript(_journal, Line, leased).TakeOver();
        new CoordinatorScript(_journal, Line, leased, uid: 2).TakeOver();

        first.Tick(100);
        Assert.Equal(CoordinatorState.Running, first.State);
        first.Tick(250);

        Assert.Equal(CoordinatorState.Fenced, first.State);
    }

    [Fact]
    public void Race_07_a_plan_that_beats_the_seal_is_adopted_by_the_successor()
    {
        var first = Running(1);
        first.Held = new();
        first.Polled(A, 0, 1, 1, 10);
        var second = new CoordinatorScript(_journal, Line, uid: 2) { Held = new() };
        second.TakeOver();
        Do(second);
        var seal = second.Held.Dequeue();
        Assert.IsType<JournalRows.Sealed>(seal.Rows[0]);

        Assert.True(_journal.TryAppend(first.Held.Dequeue()));
        second.Held = null;
        second.Tell(new JournalMessages.Appended(seal.Stream, seal.FirstNumber, AppendOutcome.Conflict, seal.FirstNumber + seal.Rows.Length));

        Assert.Equal(CoordinatorState.Running, second.State);
        Assert.Equal(1, second.Coordinator.History.LastPlanned);
    }

    [Fact]
    public void Race_07_a_plan_that_the_seal_beats_is_never_run()
    {
        var first = Running(1);
        first.Held = new();
        first.Polled(A, 0, 1, 1, 10);
        Running(2);
        var plan = first.Held.Dequeue();

        Assert.False(_journal.TryAppend(plan));
        first.Held = null;
        first.Tell(new JournalMessages.Appended(plan.Stream, plan.FirstNumber, AppendOutcome.Conflict, plan.FirstNumber + plan.Rows.Length));

        Assert.Equal(CoordinatorState.Fenced, first.State);
        Assert.Empty(first.Sent<Run>(A));
    }

    [Fact]
    public void Race_08_a_commit_that_nobody_was_told_of_is_told_by_the_successor()
    {
        var first = Running(1);
        first.Polled(A, 0, 1, 1, 10);
        first.Held = new();
        first.Ack(A, 1, 1, 1, 0, 1);
        Assert.True(_journal.TryAppend(first.Held.Dequeue()));

        var second = new CoordinatorScript(_journal, Line, Leased, uid: 2).TakeOver();
        second.Tick(100);
        second.Heartbeat(A, beat: 1, attempt: 1, planned: 1, committed: 0);

        Assert.Equal(1, Assert.Single(second.Sent<Commit>(A)).Epoch.Epoch);
        Assert.Empty(second.Told<CoordinatorMessages.AttemptRaised>());
    }

    [Fact]
    public void Race_11_a_restarted_process_at_the_same_node_is_the_death_of_the_old_one()
    {
        var script = new CoordinatorScript(_journal, Line).TakeOver();
        script.Heartbeat(A, node: "here");

        script.Heartbeat(B, node: "here");

        Assert.Equal([B, B], script.Coordinator.History.Attempt!.Owner.ToArray());
        Assert.Contains(A, script.Coordinator.History.Attempt.Dead);
        script.Heartbeat(A, node: "here");
        Assert.NotEmpty(script.Sent<StandDown>(A));
    }

    [Fact]
    public void Race_18_a_moment_without_data_is_skipped_or_shown()
    {
        var coalescing = Running(1, CoordinatorScript.Embedded with { EmptyEpochs = EmptyEpochs.Coalesce }, A);
        coalescing.Polled(A, 0, 1, 1, 0);
        Assert.Equal(0, coalescing.Coordinator.History.LastPlanned);

        var showing = Running(2);
        showing.Polled(A, 0, 1, 1, 0);
        Assert.Equal(1, showing.Coordinator.History.LastPlanned);
    }

    [Fact]
    public void Race_23_an_attempt_of_the_successor_stands_on_the_commit_that_nobody_was_told_of()
    {
        var first = Running(1);
        first.Polled(A, 0, 1, 1, 10);
        first.Held = new();
        first.Ack(A, 1, 1, 1, 0, 1);
        Assert.True(_journal.TryAppend(first.Held.Dequeue()));

        var second = Running(2, B);

        var attempt = second.Sent<ControlMessages.Attempt>(B).Last();
        Assert.Equal(1, attempt.Plan.Base);
        Assert.Equal([new EpochReference(1, 0, new RowAddress(A, 1))], attempt.References[0].Rows.ToArray());
    }

    [Fact]
    public void Race_25_a_connection_that_breaks_while_both_ends_live_sends_the_receiver_back()
    {
        var script = Running(1, A, B);

        script.Tell(new TaskFailed(A, new TaskFailure(1, 1, "Reset.", FailureKind.Channel)));
        script.Tell(new TaskFailed(B, new TaskFailure(1, 1, "Reset.", FailureKind.Channel)));

        var attempt = script.Coordinator.History.Attempt!;
        Assert.Equal(2, attempt.Number);
        Assert.Equal([2, 2], attempt.Generation.ToArray());
        Assert.Equal([A, B], attempt.Owner.ToArray());
        Assert.Equal([1, 1], attempt.Since.ToArray());
    }

    [Fact]
    public void Only_what_is_connected_with_the_lost_task_goes_back()
    {
        var script = new CoordinatorScript(_journal, TwoLines).TakeOver();
        script.Heartbeat(A);

        script.Tell(new TaskFailed(A, new TaskFailure(3, 1, "Thrown.", FailureKind.Task)));

        Assert.Equal([1, 1, 2, 2], script.Coordinator.History.Attempt!.Generation.ToArray());
    }

    [Fact]
    public void The_rows_of_one_moment_go_in_one_append()
    {
        var script = Running(1);
        script.Polled(A, 0, 1, 1, 10).Tick(200);
        script.Held = new();
        script.Polled(A, 0, 1, 2, 20).Ack(A, 1, 1, 1, 0, 1);
        var plan = Assert.Single(script.Held);
        Assert.IsType<JournalRows.Planned>(Assert.Single(plan.Rows));

        script.Tell(new TaskFailed(A, new TaskFailure(1, 1, "Thrown.", FailureKind.Task)));
        _journal.TryAppend(plan);
        script.Tell(new JournalMessages.Appended(plan.Stream, plan.FirstNumber, AppendOutcome.Ok, plan.FirstNumber + plan.Rows.Length));

        var next = script.Held.Last();
        Assert.Equal([typeof(JournalRows.Committed), typeof(JournalRows.Attempted)], next.Rows.Select(r => r.GetType()));
        Assert.Equal(1, ((JournalRows.Attempted)next.Rows[1]).Attempt.Base);
    }

    [Fact]
    public void A_plan_of_unknown_outcome_is_run_only_when_it_was_found()
    {
        var script = Running(1);
        script.Held = new();
        script.Polled(A, 0, 1, 1, 10);
        var plan = script.Held.Dequeue();
        script.Tell(new JournalMessages.Appended(plan.Stream, plan.FirstNumber, AppendOutcome.Unknown, plan.FirstNumber + plan.Rows.Length));
        Assert.Empty(script.Sent<Run>(A));

        script.Tick(50);
        Assert.Equal(plan, script.Held.Dequeue());
        Assert.True(_journal.TryAppend(plan));
        script.Tell(new JournalMessages.Appended(plan.Stream, plan.FirstNumber, AppendOutcome.Conflict, plan.FirstNumber + plan.Rows.Length));

        Assert.Single(script.Sent<Run>(A));
    }

    [Fact]
    public void A_tail_read_is_no_answer_to_a_look_up()
    {
        var script = new CoordinatorScript(_journal, Line, Leased).TakeOver().Tick(0).Heartbeat(A).Tick(100).Heartbeat(A, beat: 2);
        script.HeldReads = new();
        script.Tick(250).Heartbeat(A, beat: 3);
        var tail = script.HeldReads.Dequeue();
        script.Held = new();
        script.Polled(A, 0, 1, 1, 10);
        var plan = script.Held.Dequeue();

        script.Tell(new JournalMessages.Appended(plan.Stream, plan.FirstNumber, AppendOutcome.Unknown, plan.FirstNumber + plan.Rows.Length));
        script.Tell(new JournalMessages.RowsRead(tail.Stream, tail.FromNumber, tail.Request, []));
        Assert.Empty(script.Held);

        script.Tick(300);
        var lookUp = Assert.Single(script.HeldReads);
        script.Tell(new JournalMessages.RowsRead(lookUp.Stream, lookUp.FromNumber, lookUp.Request, []));
        Assert.Equal(plan, Assert.Single(script.Held));
        Assert.Empty(script.Sent<Run>(A));
    }

    [Fact]
    public void Too_many_failures_without_a_commit_fail_the_job()
    {
        var script = Running(1, CoordinatorScript.Embedded with { MaxAttempts = 3 }, A);

        for (var generation = 1; generation <= 3; generation++)
        {
            script.Tell(new TaskFailed(A, new TaskFailure(1, generation, "Poison.", FailureKind.Task)));
        }

        Assert.Contains("Poison.", Assert.Single(script.Told<CoordinatorMessages.JobFailed>()).Reason, StringComparison.Ordinal);
        Assert.Equal(CoordinatorState.Stopped, script.State);
    }

    [Fact]
    public void Failures_of_records_that_are_to_be_found_do_not_count()
    {
        var script = Running(1, CoordinatorScript.Embedded with { MaxAttempts = 2 }, A);

        for (var generation = 1; generation <= 3; generation++)
        {
            script.Tell(new TaskFailed(A, new TaskFailure(1, generation, "A record.", FailureKind.Record)));
        }

        Assert.Empty(script.Told<CoordinatorMessages.JobFailed>());
        Assert.Equal(4, script.Told<CoordinatorMessages.AttemptRaised>().Last().Plan.Number);
    }

    [Fact]
    public void A_fatal_failure_fails_the_job_at_once()
    {
        var script = Running(1);

        script.Tell(new TaskFailed(A, new TaskFailure(1, 1, "Fatal.", FailureKind.Fatal)));

        Assert.Single(script.Told<CoordinatorMessages.JobFailed>());
        Assert.Equal(JobOutcome.Failed, Assert.Single(script.Sent<JobClosed>(A)).Outcome);
    }

    [Fact]
    public void A_graceful_stop_polls_volatile_sources_once_more_and_waits_for_commit_and_sinks()
    {
        var script = new CoordinatorScript(_journal, new([new TaskShape(true, false, [], [1], IsVolatile: true), new TaskShape(false, true, [0], [])])).TakeOver().Heartbeat(A);
        script.Tell(new CoordinatorMessages.Stop(IsGraceful: true));
        Assert.Equal(CoordinatorState.Draining, script.State);

        // The poll that was running is answered first: it is not the last one.
        script.Polled(A, 0, 1, 1, 10);

        // Nor is one of the same number that was asked for before the stop and comes late.
        script.Polled(A, 0, 1, 2, 12).Polled(A, 0, 1, 2, 15, isDrained: true).Ack(A, 1, 1, 1, 0, 1).Ack(A, 1, 2, 2, 0, 1);
        Assert.Empty(script.Told<CoordinatorMessages.Stopped>());

        script.Heartbeat(A, attempt: 1, planned: 2, committed: 2, applied: [new SinkWatermark(1, 2)]);

        Assert.Single(script.Told<CoordinatorMessages.Stopped>());
        Assert.Equal(new OffsetRange(10, 15, IsVolatile: true), script.Coordinator.History.LastRange(0));
    }

    [Fact]
    public void A_graceful_stop_of_a_job_that_is_late_makes_up_for_its_moments_before_the_last_poll()
    {
        var script = new CoordinatorScript(_journal, new([new TaskShape(true, false, [], [1], IsVolatile: true), new TaskShape(false, true, [0], [])])).TakeOver().Heartbeat(A);
        script.Tick(250).Tell(new CoordinatorMessages.Stop(IsGraceful: true));

        for (var epoch = 1; epoch <= 4; epoch++)
        {
            script.Polled(A, 0, 1, epoch, 10 * epoch, isDrained: epoch == 4).Ack(A, 1, epoch, epoch, 0, 1);
            script.Heartbeat(A, attempt: 1, planned: epoch, committed: epoch, applied: [new SinkWatermark(1, epoch)]);
        }

        Assert.Equal([(1, 0, false), (2, 100, false), (3, 200, false), (4, 300, true)], script.Sent<Poll>(A).Select(poll => (poll.Epoch, poll.NowMs, poll.IsDraining)).Distinct());
        Assert.Single(script.Told<CoordinatorMessages.Stopped>());
    }

    [Fact]
    public void An_input_with_an_error_behind_its_records_fails_the_job_once_sinks_have_them()
    {
        var script = Running(1);
        script.Tell(new OffsetsPolled(A, 0, 1, 1, 10, Finished: false, 0, Failure: "Bad input.")).Tick(1000).Ack(A, 1, 1, 1, 0, 1);
        script.Heartbeat(A, attempt: 1, planned: 1, committed: 1);
        Assert.Empty(script.Told<CoordinatorMessages.JobFailed>());

        script.Tell(new SinkApplied(A, new SinkWatermark(1, 1)));

        Assert.Equal("Task 0: Bad input.", Assert.Single(script.Told<CoordinatorMessages.JobFailed>()).Reason);
        Assert.Equal(new OffsetRange(0, 10), script.Coordinator.History.LastRange(0));
    }

    [Fact]
    public void A_graceful_stop_leaves_what_can_be_read_again_to_the_next_start()
    {
        var script = Running(1, CoordinatorScript.Embedded with { EmptyEpochs = EmptyEpochs.Coalesce }, A);
        script.Polled(A, 0, 1, 1, 10).Ack(A, 1, 1, 1, 0, 1).Tick(100);
        script.Tell(new CoordinatorMessages.Stop(IsGraceful: true));

        script.Polled(A, 0, 1, 2, 1_000_000);
        script.Heartbeat(A, attempt: 1, planned: 1, committed: 1, applied: [new SinkWatermark(1, 1)]);

        Assert.Single(script.Told<CoordinatorMessages.Stopped>());
        Assert.Equal(new OffsetRange(0, 10), script.Coordinator.History.LastRange(0));
    }

    [Fact]
    public void A_job_is_complete_when_all_sources_ended_and_sinks_have_everything()
    {
        var script = Running(1);
        script.Polled(A, 0, 1, 1, 10, isFinished: true).Ack(A, 1, 1, 1, 0, 1);
        script.Heartbeat(A, attempt: 1, planned: 1, committed: 1);
        Assert.Empty(script.Told<CoordinatorMessages.Completed>());

        script.Tell(new SinkApplied(A, new SinkWatermark(1, 1)));

        Assert.Single(script.Told<CoordinatorMessages.Completed>());
    }

    [Fact]
    public void A_closed_job_stays_closed_over_takeovers_and_goes_on_after_an_explicit_start()
    {
        var takeover = CoordinatorScript.Embedded with { ResumesClosedJob = false };
        Running(1).Tell(new TaskFailed(A, new TaskFailure(1, 1, "Fatal.", FailureKind.Fatal)));

        Assert.Single(new CoordinatorScript(_journal, Line, takeover, uid: 2).TakeOver().Told<CoordinatorMessages.JobFailed>());
        Assert.Single(new CoordinatorScript(_journal, Line, takeover, uid: 3).TakeOver().Told<CoordinatorMessages.JobFailed>());
        Assert.Equal(CoordinatorState.Running, new CoordinatorScript(_journal, Line, uid: 4).TakeOver().State);
    }

    [Fact]
    public void A_lost_state_makes_the_owner_start_the_task_afresh()
    {
        var script = Running(1);
        script.Tell(new TaskFailed(A, new TaskFailure(1, 1, "Crashed.", FailureKind.TaskAndState)));

        var attempt = script.Sent<ControlMessages.Attempt>(A).Last();
        Assert.Equal([A, A], attempt.Plan.Owner.ToArray());
        Assert.Equal([1, 2], attempt.Plan.Since.ToArray());
        Assert.Contains(attempt.References, r => r.Task == 1);
        Assert.Empty(attempt.Plan.Dead);
    }

    [Fact]
    public void Sink_lag_counts_against_the_epochs_in_flight()
    {
        var script = Running(1);
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            script.Polled(A, 0, 1, epoch, epoch).Ack(A, 1, epoch, epoch, 0, 1).Tick(epoch * 100);
        }

        Assert.Equal(3, script.Coordinator.History.LastCommitted);
        script.Polled(A, 0, 1, 4, 4).Tick(1000);
        Assert.Equal(3, script.Coordinator.History.LastPlanned);

        script.Tell(new SinkApplied(A, new SinkWatermark(1, 1))).Polled(A, 0, 1, 4, 4);
        Assert.Equal(4, script.Coordinator.History.LastPlanned);
        Assert.Equal(300, script.Coordinator.History.LastNowMs);
    }

    [Fact]
    public void A_lease_counts_only_heartbeats_that_echo_recent_beats()
    {
        var script = new CoordinatorScript(_journal, Line, Leased with { ExpectedProcesses = 2 }).TakeOver();
        script.Tick(0).Heartbeat(A).Heartbeat(B);
        script.Tick(100).Heartbeat(A, beat: 2).Heartbeat(B, beat: 2);
        Assert.Equal([A, B], script.Coordinator.History.Attempt!.Owner.ToArray());

        for (var now = 200; now <= 700; now += 100)
        {
            script.Tick(now).Heartbeat(A, beat: now / 100).Heartbeat(B, beat: 2);
        }

        Assert.Equal([A, A], script.Coordinator.History.Attempt!.Owner.ToArray());
    }

    [Fact]
    public void A_process_that_takes_no_tasks_is_told_of_them_and_does_not_count_among_those_that_are_waited_for()
    {
        var script = new CoordinatorScript(_journal, Line, Leased with { ExpectedProcesses = 1, PlacementGraceMs = 0 }).TakeOver();
        script.Tick(0).Heartbeat(A, takesTasks: false);
        script.Tick(100).Heartbeat(A, beat: 2, takesTasks: false);
        Assert.Null(script.Coordinator.History.Attempt);

        script.Heartbeat(B).Tick(200).Heartbeat(A, beat: 3, takesTasks: false).Heartbeat(B, beat: 3);

        Assert.Equal([B, B], script.Coordinator.History.Attempt!.Owner.ToArray());
        Assert.Equal(1, Assert.Single(script.Sent<ControlMessages.Attempt>(A)).Plan.Number);
        for (var now = 300; now <= 5000; now += 100)
            script.Tick(now).Heartbeat(A, beat: now / 100 + 1, attempt: 1, takesTasks: false).Heartbeat(B, beat: now / 100 + 1, attempt: 1);
        Assert.Equal(1, script.Coordinator.History.Attempt!.Number);
    }

    [Fact]
    public void Tasks_of_a_process_that_is_lost_wait_while_those_that_are_left_take_none()
    {
        var script = new CoordinatorScript(_journal, Line, Leased with { ExpectedProcesses = 1 }).TakeOver();
        script.Tick(0).Heartbeat(A, takesTasks: false).Heartbeat(B);
        script.Tick(100).Heartbeat(A, beat: 2, takesTasks: false).Heartbeat(B, beat: 2);
        Assert.Equal([B, B], script.Coordinator.History.Attempt!.Owner.ToArray());

        script.Tell(new CoordinatorMessages.ProcessLost(B));
        for (var now = 200; now <= 2000; now += 100)
            script.Tick(now).Heartbeat(A, beat: now / 100 + 1, attempt: 1, takesTasks: false);
        Assert.Equal(1, script.Coordinator.History.Attempt!.Number);

        var other = new ProcessUid(12);
        script.Heartbeat(other).Tick(2100).Heartbeat(other, beat: 22);

        Assert.Equal([other, other], script.Coordinator.History.Attempt!.Owner.ToArray());
        Assert.Equal([B], script.Coordinator.History.Attempt.Dead.ToArray());
    }

    [Fact]
    public void A_process_that_takes_no_tasks_cuts_nobody_off()
    {
        var script = new CoordinatorScript(_journal, Line, Leased with { ExpectedProcesses = 1 }).TakeOver();
        script.Tick(0).Heartbeat(A, takesTasks: false, unreachable: [B.ToString()]).Heartbeat(B, unreachable: [A.ToString()]);

        script.Tick(100).Heartbeat(A, beat: 2, takesTasks: false, unreachable: [B.ToString()]).Heartbeat(B, beat: 2, unreachable: [A.ToString()]);

        Assert.Equal([B, B], script.Coordinator.History.Attempt!.Owner.ToArray());
    }

    private static CoordinatorOptions Leased { get; } = new() { LeaseMs = 500, BeatMs = 100, ExpectedProcesses = 1 };

    private CoordinatorScript Running(ulong uid, params ProcessUid[] processes) => Running(uid, CoordinatorScript.Embedded, processes);

    private CoordinatorScript Running(ulong uid, CoordinatorOptions options, params ProcessUid[] processes)
    {
        processes = processes.Length == 0 ? [A] : processes;
        var script = new CoordinatorScript(_journal, Line, options with { ExpectedProcesses = processes.Length }, uid).TakeOver();
        foreach (var process in processes)
        {
            script.Heartbeat(process);
        }

        return script;
    }

    private void Do(CoordinatorScript script)
    {
        var append = script.Held!.Dequeue();
        Assert.True(_journal.TryAppend(append));
        script.Tell(new JournalMessages.Appended(append.Stream, append.FirstNumber, AppendOutcome.Ok, append.FirstNumber + append.Rows.Length));
    }
}
