using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Simulation.Tests.Shapes;

namespace Millrace.Simulation.Tests;

/// <summary>Snapshots, restores and takeovers, one rule each.</summary>
public sealed class SnapshotTests
{
    private readonly SimJournal _journal = new();

    [Fact]
    public void Takeover_reads_no_further_back_than_the_predecessor_that_opened()
    {
        for (ulong uid = 1; uid <= 50; uid++)
        {
            new CoordinatorScript(_journal, Line, uid: uid).TakeOver();
        }

        var before = _journal.RowsRead;
        var last = new CoordinatorScript(_journal, Line, uid: 51).TakeOver();

        Assert.Equal(51, last.Coordinator.Incarnation);
        // The lease's 50 rows, and the one row of the predecessor in both passes.
        Assert.Equal(52, _journal.RowsRead - before);
    }

    [Fact]
    public void Race_15_a_process_of_another_program_is_refused_and_seals_nobody()
    {
        var first = new CoordinatorScript(_journal, Line, CoordinatorScript.Embedded with { Manifest = "old" }, uid: 1).TakeOver();
        var options = CoordinatorScript.Embedded with { Manifest = "new", RefusesManifest = (was, now) => $"{was} expected, {now} found." };

        var second = new CoordinatorScript(_journal, Line, options, uid: 2).TakeOver();

        Assert.Equal("old expected, new found.", Assert.Single(second.Told<CoordinatorMessages.JobFailed>()).Reason);
        Assert.DoesNotContain(first.Rows(1), row => row is JournalRows.Sealed);
        Assert.Empty(first.Rows(2));
    }

    [Fact]
    public void Corrupt_predecessor_ends_the_takeover_with_the_reason()
    {
        new CoordinatorScript(_journal, Line, uid: 1).TakeOver();
        var second = new CoordinatorScript(_journal, Line, uid: 2).TakeOverHeld();
        var lease = second.HeldReads!.Dequeue();
        second.Tell(new JournalMessages.RowsRead(lease.Stream, 1, lease.Request, _journal.Read(lease.Stream, 1)));
        var read = second.HeldReads.Dequeue();

        second.Tell(new JournalMessages.ReadFailed(read.Stream, read.Request, "Row 1 of c1 has a wrong checksum."));

        Assert.Equal("Row 1 of c1 has a wrong checksum.", Assert.Single(second.Told<CoordinatorMessages.JobFailed>()).Reason);
    }

    [Fact]
    public void Sealed_predecessor_is_trimmed_up_to_its_seal()
    {
        new CoordinatorScript(_journal, Line, uid: 1).TakeOver();

        var second = new CoordinatorScript(_journal, Line, uid: 2).TakeOver();

        Assert.Equal(new JournalMessages.Trim(JournalStream.Coordinator(1), 1), Assert.Single(second.Told<JournalMessages.Trim>()));
    }

    [Fact]
    public void Race_20_a_snapshot_whose_writer_dies_before_all_images_are_durable_is_never_named_and_another_is_taken()
    {
        var script = new CoordinatorScript(_journal, Line, CoordinatorScript.Embedded with { SnapshotEveryEpochs = 1 }).TakeOver();
        script.Heartbeat(A, node: "here").Tick(100).Polled(A, 0, 1, 1, 5).Ack(A, 1, 1, 1, 0, 1);
        Assert.True(script.Coordinator.History.Candidate is { Epoch.Epoch: 1 });
        script.Tell(new SnapshotWritten(A, new WrittenImage(0, 1, 1, new RowAddress(A, 1), 8)));
        script.Heartbeat(A, node: "here", attempt: 1, planned: 1, committed: 1, applied: [new(1, 1)]);

        script.Heartbeat(B, node: "here");
        script.Tell(new SnapshotWritten(B, new WrittenImage(1, 1, 1, new RowAddress(B, 1), 8)));

        Assert.Null(script.Coordinator.History.Candidate);
        Assert.DoesNotContain(script.Rows(1), row => row is JournalRows.Snapshotted);
        script.Heartbeat(B, node: "here", attempt: 2, planned: 1, committed: 1, applied: [new(1, 1)]).Tick(200).Polled(B, 0, 2, 2, 5);
        Assert.True(Assert.IsType<JournalRows.Planned>(script.Rows(1).Last()).Plan is { Epoch: 2, TakesSnapshot: true });
    }

    [Fact]
    public void Race_28_nothing_is_named_and_trimmed_while_a_sink_lags()
    {
        var script = new CoordinatorScript(_journal, Line, CoordinatorScript.Embedded with { SnapshotEveryEpochs = 1 }).TakeOver();
        script.Heartbeat(A, node: "here").Tick(100).Polled(A, 0, 1, 1, 5).Ack(A, 1, 1, 1, 0, 1);
        for (var task = 0; task < 2; task++)
            script.Tell(new SnapshotWritten(A, new WrittenImage(task, 1, 1, new RowAddress(A, task + 1), 8)));

        script.Heartbeat(A, node: "here", attempt: 1, planned: 1, committed: 1);
        Assert.DoesNotContain(script.Rows(1), row => row is JournalRows.Snapshotted);
        script.Heartbeat(A, node: "here", attempt: 1, planned: 1, committed: 1, applied: [new(1, 1)]);

        Assert.Contains(script.Rows(1), row => row is JournalRows.Snapshotted { Epoch: 1 });
    }

    [Fact]
    public void Append_to_a_trimmed_stream_conflicts_at_its_first_number()
    {
        var stream = JournalStream.Coordinator(1);
        _journal.TryAppend(new JournalMessages.Append(stream, 1, [new JournalRows.Opened(1, true), new JournalRows.Sealed(2)]));
        _journal.Trim(new JournalMessages.Trim(stream, 1));

        Assert.False(_journal.TryAppend(new JournalMessages.Append(stream, 1, [new JournalRows.Opened(1, true)])));
    }

    [Fact]
    public void Race_28_a_row_deleted_while_a_restore_reads_is_asked_for_and_the_task_is_started_again()
    {
        var script = Started();

        script.Tell(new WorkerMessages.RestoreFailed(0, 1, "Row 1 is gone.", IsCorrupt: false));
        Assert.Equal(0, Assert.Single(script.Told<WorkerMessages.Send>().Select(s => s.Message).OfType<ReferencesWanted>()).Task);
        script.Tell(new References(1, 1, new TaskReferences(0, new ImageReference(7, new RowAddress(B, 3)), [], null)));

        var again = script.Told<WorkerMessages.StartTask>().Last();
        Assert.Equal((0, 7), (again.Task, again.References.Image!.Value.Epoch));
    }

    [Fact]
    public void Corrupt_restore_is_fatal()
    {
        var script = Started();

        script.Tell(new WorkerMessages.RestoreFailed(0, 1, "Row 1 has a wrong checksum.", IsCorrupt: true));

        Assert.Equal(FailureKind.Fatal, Assert.Single(script.Told<WorkerMessages.Send>().Select(s => s.Message).OfType<TaskFailed>()).Failure.Kind);
    }

    [Fact]
    public void Image_is_told_when_durable_and_repeated_until_its_snapshot_is_named()
    {
        var script = Started().Ready(1, 0, 1).Run(1);

        script.Tell(new WorkerMessages.ImageTaken(0, 1, 1, "image", 5));
        Assert.Equal(new WrittenImage(0, 1, 1, new RowAddress(A, 1), 5), Assert.Single(script.Told<WorkerMessages.Send>().Select(s => s.Message).OfType<SnapshotWritten>()).Image);
        script.NowMs = 1000;
        script.Tell(WorkerMessages.Tick.Instance);
        Assert.Single(script.LastHeartbeat.Images);

        script.Tell(new SnapshotNamed(1, 1));
        script.NowMs = 2000;
        script.Tell(WorkerMessages.Tick.Instance);
        Assert.Empty(script.LastHeartbeat.Images);
    }

    [Fact]
    public void Image_of_a_generation_that_was_sent_back_is_dropped()
    {
        var script = Started().Ready(1, 0, 1).Run(1);
        script.Tell(new WorkerMessages.ImageTaken(0, 1, 1, "image", 5));

        script.Attempt(Shapes.Attempt(2, 0, [2, 2], [A, A], [1, 1]));

        Assert.Empty(script.LastHeartbeat.Images);
    }

    [Fact]
    public void Image_under_way_does_not_delay_rows()
    {
        var script = Started().Ready(1, 0, 1).Run(1);
        script.Held = new();

        script.Tell(new WorkerMessages.ImageTaken(0, 1, 1, "image", 5)).Completed(1, 1, "delta", 0, 1);

        Assert.Equal([JournalStream.Snapshots(A), JournalStream.Process(A)], script.Held.Select(a => a.Stream));
    }

    private static WorkerScript Started() => new WorkerScript(Line, A).Attempt(Shapes.Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1);
}
