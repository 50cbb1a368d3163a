using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

public sealed class RememberTests
{
    [Fact]
    public async Task Batches_are_kept_for_the_time_to_remember_and_the_windows_behind()
    {
        await using var run = await BatchRun.CreateAsync();
        run.Context.Remember(2 * BatchRun.Interval);
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2], [], [4], [5]]));
        var doubled = stream.Map(row => row * 2);
        var windowed = doubled.Window(2 * BatchRun.Interval, BatchRun.Interval);
        windowed.Print(1, TextWriter.Null);

        await run.RunAsync(stream, 5);

        Assert.Equal([[8, 10]], windowed.Slice(new(5000), new(9000)).Select(rdd => rdd.Collect()));
        Assert.Equal([[8], [8, 10]], windowed.Slice(new Interval(new(4500), new(9000))).Select(rdd => rdd.Collect()));
        Assert.Equal([10], doubled.Compute(new(5000))!.Collect());
        Assert.Null(doubled.Compute(new(4500)));
        Assert.Null(doubled.Compute(new(1000)));
        Assert.Equal([[4], [], [8], [10]], doubled.Slice(new(0), new(5000)).Select(rdd => rdd.Collect()));
    }

    [Fact]
    public async Task Without_it_nothing_is_kept_and_asking_says_so()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());

        Assert.Contains("call Remember", Assert.Throws<GraphException>(() => stream.Slice(new(0), new(1))).Message, StringComparison.Ordinal);
        Assert.Contains("call Remember on the context before its start, and Compute after it.", Assert.Throws<GraphException>(() => stream.Compute(new(0))).Message, StringComparison.Ordinal);
        Assert.Equal("Remember: 0 ms found, more than 0 ms expected.", Assert.Throws<GraphException>(() => run.Context.Remember(TimeSpan.Zero)).Message);
    }
}
