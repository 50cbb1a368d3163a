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

        script.Tell(new WorkerMessages.RestoreFailed(0, 1, "Row 1 is gone."));
        Assert.Equal(new ReferencesWanted(A, 0, 1, 0, "Row 1 is gone."), Assert.Single(script.Told<WorkerMessages.Send>().Select(s => s.Message).OfType<ReferencesWanted>()));
        script.Tell(new References(1, 1, new TaskReferences(0, new ImageReference(7, new RowAddress(B, 3)), [], null)));

        var again = script.Told<WorkerMessages.StartTask>().Last();
        Assert.Equal((0, 7), (again.Task, again.References.Image!.Value.Epoch));
        script.Tell(new WorkerMessages.RestoreFailed(0, 1, "Row 3 is gone."));
        Assert.Equal(new ReferencesWanted(A, 0, 1, 7, "Row 3 is gone."), script.Told<WorkerMessages.Send>().Last().Message);
    }

    [Fact]
    public void What_a_restore_misses_is_lost_where_no_newer_snapshot_has_replaced_it()
    {
        var script = Snapshotted(1);

        script.Tell(new ReferencesWanted(A, 0, 1, 1, "Row 1 has a wrong checksum."));

        Assert.Equal("Task 0: Row 1 has a wrong checksum.", Assert.Single(script.Told<CoordinatorMessages.JobFailed>()).Reason);
        Assert.Empty(script.Sent<References>(A));
    }

    [Fact]
    public void Newer_references_hold_the_former_snapshot_and_the_rows_behind_it()
    {
        var script = Snapshotted(2);

        script.Heartbeat(B, node: "here").Tell(new ReferencesWanted(B, 0, 2, 1, "Row 1 is gone."));

        var references = Assert.Single(script.Sent<References>(B)).Task;
        Assert.Equal((2, 1), (references.Image!.Value.Epoch, references.Former!.Image!.Value.Epoch));
        Assert.Empty(references.Rows);
        Assert.Equal([2L], references.Former.Rows.Select(row => row.Epoch));
        Assert.Equal((1, 1), (references.WithoutImage()!.Image!.Value.Epoch, references.WithoutImage()!.Rows.Length));
        Assert.Null(references.WithoutImage()!.WithoutImage());
    }

    [Fact]
    public void The_former_of_the_first_snapshot_is_the_beginning_and_nothing_is_trimmed()
    {
        var script = Snapshotted(1);

        script.Heartbeat(B, node: "here").Tell(new ReferencesWanted(B, 0, 2, 0, "Row 1 is gone."));

        var references = Assert.Single(script.Sent<References>(B)).Task;
        Assert.Null(references.Former!.Image);
        Assert.Equal([1L], references.Former.Rows.Select(row => row.Epoch));
        Assert.DoesNotContain(script.Told<JournalMessages.Trim>(), trim => trim.Stream.Kind is 'p' or 's');
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

    /// <summary>As many epochs, each with a snapshot that is named.</summary>
    private CoordinatorScript Snapshotted(int count)
    {
        var script = new CoordinatorScript(_journal, Line, CoordinatorScript.Embedded with { SnapshotEveryEpochs = 1 }).TakeOver();
        script.Heartbeat(A, node: "here");
        for (var epoch = 1; epoch <= count; epoch++)
        {
            script.Tick(epoch * 100).Polled(A, 0, 1, epoch, 5).Ack(A, 1, epoch, epoch, 0, 1);
            for (var task = 0; task < 2; task++)
                script.Tell(new SnapshotWritten(A, new WrittenImage(task, 1, epoch, new RowAddress(A, (2 * epoch) + task - 1), 8)));
            script.Heartbeat(A, node: "here", attempt: 1, planned: epoch, committed: epoch, applied: [new(1, epoch)]);
        }

        Assert.Equal(count, script.Coordinator.History.SnapshotEpoch);
        return script;
    }

    private static WorkerScript Started() => new WorkerScript(Line, A).Attempt(Shapes.Attempt(1, 0, [1, 1], [A, A], [1, 1]), 0, 1);
}
