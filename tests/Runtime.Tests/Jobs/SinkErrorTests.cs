using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

/// <summary>Every method of a sink may throw, or not come back.</summary>
public sealed class SinkErrorTests
{
    [Theory]
    [InlineData("Open")]
    [InlineData("ReadWatermark")]
    [InlineData("Begin")]
    [InlineData("Write")]
    [InlineData("Prepare")]
    [InlineData("Commit")]
    public async Task A_sink_that_always_throws_ends_the_job_with_its_error(string method)
    {
        await using var host = await TestHost.StartAsync();

        var failure = await FailureOfAsync(host, method, () => throw new FormatException("trapped\nin two lines"), TestHost.Often);

        Assert.Contains("trapped", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("Open")]
    [InlineData("ReadWatermark")]
    [InlineData("Begin")]
    [InlineData("Write")]
    [InlineData("Prepare")]
    [InlineData("Commit")]
    public async Task A_sink_that_does_not_come_back_is_named(string method)
    {
        using var released = new ManualResetEventSlim();
        await using var host = await TestHost.StartAsync();
        try
        {
            var failure = await FailureOfAsync(host, method, released.Wait, TestHost.Often with { TaskTimeout = TimeSpan.FromMilliseconds(200) });

            Assert.Contains("operator ledger(queue) has not come back", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            released.Set();
        }
    }

    [Theory]
    [InlineData(true, "has not taken epoch 1 and is tried again")]
    [InlineData(false, "can't be reached and is asked again")]
    public async Task A_sink_that_refuses_for_a_while_is_told_of_once_a_reason_and_again_when_it_works(bool isReached, string what)
    {
        var warnings = new StringWriter();
        await using var host = await TestHost.StartAsync(configure: options => options.WithWarningsOn(warnings));
        var sink = new RefusingSink<int>(["no room", "no room", "no room", "no server", "no room", "no server"], isReached);
        var graph = TestHost.Graph(new QueueSource<int>(new([[1, 2, 3]])), sink, "map", () => new MapOperator<int, int>(row => row));

        var job = await host.StartAsync(graph, TestHost.Often with { Name = "refused", Parallelism = 1 });
        await sink.Taken.WaitAsync(TestHost.Patience);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        Assert.Equal(6, sink.Refused);
        Assert.Collection(
            warnings.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Equal($"Job refused: sink ledger(queue) {what}: no room", line),
            line => Assert.Equal($"Job refused: sink ledger(queue) {what}: no server", line),
            line => Assert.Matches($@"^Job refused: sink ledger\(queue\) works again after [0-9.]+ s, and has everything up to epoch {(isReached ? 1 : 0)}$", line));
    }

    private static async Task<JobFailedException> FailureOfAsync(MillraceHost host, string method, Action trap, JobOptions options)
    {
        var graph = TestHost.Graph(new QueueSource<int>(new([[1, 2, 3]])), new TrapSink<int>(method, trap), "map", () => new MapOperator<int, int>(row => row));
        return await Assert.ThrowsAsync<JobFailedException>(async () => await (await host.StartAsync(graph, options)).Completion.WaitAsync(TestHost.Patience));
    }
}
