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

    private static async Task<JobFailedException> FailureOfAsync(MillraceHost host, string method, Action trap, JobOptions options)
    {
        var graph = TestHost.Graph(new QueueSource<int>(new([[1, 2, 3]])), new TrapSink<int>(method, trap), "map", () => new MapOperator<int, int>(row => row));
        return await Assert.ThrowsAsync<JobFailedException>(async () => await (await host.StartAsync(graph, options)).Completion.WaitAsync(TestHost.Patience));
    }
}
