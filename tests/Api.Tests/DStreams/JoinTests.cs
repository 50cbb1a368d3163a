using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams;

public sealed class JoinTests
{
    private static readonly (string, int)[][] Left = [[("a", 1), ("a", 2), ("b", 3)], [("c", 4)], []];
    private static readonly (string, string)[][] Right = [[("a", "x"), ("d", "y")], [], [("e", "z")]];

    [Fact]
    public async Task Joins_pair_the_values_of_a_key_within_the_batch()
    {
        await using var run = await BatchRun.CreateAsync();
        var left = Stream(run, Left);
        var right = Stream(run, Right);
        var inner = run.Collect(left.Join(right));
        var leftOuter = run.Collect(left.LeftOuterJoin(right));
        var rightOuter = run.Collect(left.RightOuterJoin(right));
        var fullOuter = run.Collect(left.FullOuterJoin(right, numPartitions: 3));
        var transformed = run.Collect(left.TransformWith(right, (one, other) => one.Join(other)));

        await run.RunAsync(left, 3);

        AssertBatches(["(a, (1, x)) (a, (2, x))", "", ""], inner);
        AssertBatches(["(a, (1, Some(x))) (a, (2, Some(x))) (b, (3, None))", "(c, (4, None))", ""], leftOuter);
        AssertBatches(["(a, (Some(1), x)) (a, (Some(2), x)) (d, (None, y))", "", "(e, (None, z))"], rightOuter);
        AssertBatches(
            ["(a, (Some(1), Some(x))) (a, (Some(2), Some(x))) (b, (Some(3), None)) (d, (None, Some(y)))", "(c, (Some(4), None))", "(e, (None, Some(z)))"],
            fullOuter);
        AssertBatches(["(a, (1, x)) (a, (2, x))", "", ""], transformed);
    }

    [Fact]
    public async Task Cogroup_lists_the_values_of_both_sides()
    {
        await using var run = await BatchRun.CreateAsync();
        var left = Stream(run, Left);
        var groups = run.Collect(left.CoGroup(Stream(run, Right)).MapValues(sides => $"{string.Join('+', sides.Left.Order())}|{string.Join('+', sides.Right)}"));

        await run.RunAsync(left, 3);

        AssertBatches(["(a, 1+2|x) (b, 3|) (d, |y)", "(c, 4|)", "(e, |z)"], groups);
    }

    [Fact]
    public async Task Streams_of_other_slides_are_not_brought_together()
    {
        await using var run = await BatchRun.CreateAsync();
        var left = Stream(run, Left);
        var slow = Stream(run, Right).Window(2 * BatchRun.Interval, 2 * BatchRun.Interval);

        var join = Assert.Throws<GraphException>(() => left.Join(slow));
        Assert.Equal("join: slides of 1000 ms and 2000 ms found, the same slide expected; give both the same windows.", join.Message);
        Assert.Throws<GraphException>(() => left.Union(left.Window(2 * BatchRun.Interval, 2 * BatchRun.Interval)));
        Assert.Throws<GraphException>(() => left.TransformWith(slow, (one, _) => one));
    }

    [Fact]
    public async Task Streams_of_two_contexts_are_not_brought_together()
    {
        await using var one = await BatchRun.CreateAsync();
        await using var other = await BatchRun.CreateAsync();

        var failure = Assert.Throws<GraphException>(() => Stream(one, Left).Join(Stream(other, Right)));

        Assert.Equal("join: streams of two contexts found, streams of one expected.", failure.Message);
    }

    private static DStream<(string Key, T Value)> Stream<T>(BatchRun run, (string, T)[][] batches) =>
        run.Context.QueueStream(new ConcurrentQueue<(string Key, T Value)[]>(batches));

    private static void AssertBatches<T>(string[] expected, List<(long TimeMs, T[] Rows)> found) =>
        Assert.Equal(expected, found.Select(batch => string.Join(' ', batch.Rows.Select(row => row!.ToString()).Order(StringComparer.Ordinal))));
}
