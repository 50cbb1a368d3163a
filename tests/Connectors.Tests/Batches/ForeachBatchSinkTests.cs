using System.Collections.Concurrent;
using Millrace.Connectors.Batches;
using Millrace.Connectors.Tests.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Batches;

public sealed class ForeachBatchSinkTests
{
    private readonly ConcurrentQueue<string> _calls = new();

    [Fact]
    public async Task Committed_epochs_are_given_once_and_in_order()
    {
        using var harness = new SinkHarness<int>(new ForeachBatchSink<int>(Note));
        var writer = harness.Open();

        await harness.Deliver(writer, 0, 1, 1, 2);
        await harness.Deliver(writer, 1, 2);
        await harness.Deliver(writer, 2, 5, 3);

        Assert.Equal(["1: 1 2", "2: ", "5: 3"], _calls);
        Assert.Equal(5, writer.ReadWatermark());
    }

    [Fact]
    public async Task Aborted_epochs_are_never_given()
    {
        using var harness = new SinkHarness<int>(new ForeachBatchSink<int>(Note));
        var writer = harness.Open();
        SinkHarness<int>.Stage(writer, 1, 7);
        writer.Abort(Epoch.None);

        await harness.Deliver(writer, 0, 1, 8);

        Assert.Equal(["1: 8"], _calls);
    }

    [Fact]
    public async Task Next_epoch_waits_for_the_task_of_the_function()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var harness = new SinkHarness<int>(new ForeachBatchSink<int>(async (rows, epoch) =>
        {
            if (epoch == 1)
                await gate.Task;
            Note(rows, epoch);
        }));
        var writer = harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);
        SinkHarness<int>.Stage(writer, 2, 2);
        var first = harness.Commit(writer, 0, 1);
        var second = harness.Commit(writer, 1, 2);
        Assert.Empty(_calls);

        gate.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(["1: 1", "2: 2"], _calls);
    }

    [Fact]
    public async Task Function_that_throws_fails_the_job_with_one_line()
    {
        using var harness = new SinkHarness<int>(new ForeachBatchSink<int>((IReadOnlyList<int> _, long _) => throw new FormatException("no\nnumber")));

        var error = await harness.Fails(harness.Open(), 0, 1, 1);

        Assert.IsType<UserFunctionException>(error);
        Assert.Contains("FormatException: no number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transient_fault_has_the_function_called_again()
    {
        var calls = 0;
        using var harness = new SinkHarness<int>(new ForeachBatchSink<int>((rows, epoch) =>
        {
            Note(rows, epoch);
            if (++calls < 8)
                throw new TransientFaultException("busy");
        }));

        await harness.Deliver(harness.Open(), 0, 1, 1);

        Assert.Equal(8, _calls.Count);
        Assert.Equal([SinkOutcome.Unknown, SinkOutcome.Applied], harness.Outcomes);
    }

    [Fact]
    public async Task Epochs_are_given_again_after_a_restart_with_what_identifies_them()
    {
        var batches = new ConcurrentQueue<ForeachBatchInfo>();
        var sink = new ForeachBatchSink<int>((_, batch) =>
        {
            batches.Enqueue(batch);
            return Task.CompletedTask;
        });
        using var harness = new SinkHarness<int>(sink, partition: 3);
        await harness.Deliver(harness.Open(), 0, 4, 1);

        var restarted = harness.Open();
        Assert.Null(restarted.ReadWatermark());
        await harness.Deliver(restarted, 0, 4, 1);

        Assert.Equal([new(4, 3, 4000), new(4, 3, 4000)], batches);
        Assert.Equal(SinkCapability.AtLeastOnce, sink.Capability);
    }

    private void Note(IReadOnlyList<int> rows, long epoch) => _calls.Enqueue($"{epoch}: {string.Join(' ', rows)}");
}
