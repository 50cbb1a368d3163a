using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;
using Millrace.Operators;

namespace Millrace.Api.Tests.DStreams;

public sealed class TransformTests
{
    [Fact]
    public async Task The_function_sees_each_batch_as_an_RDD_and_may_differ_from_batch_to_batch()
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = 3 });
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[3, 1, 2], [], [5, 4, 4, 9]]));
        var results = run.Collect(stream.Transform((rdd, time) =>
            time.Milliseconds == 2000 ? Rdd.Parallelize([(int)rdd.Count() - 1]) : rdd.Distinct().SortBy(row => -row)));

        await run.RunAsync(stream, 3);

        Assert.Equal([[3, 2, 1], [-1], [9, 5, 4]], results.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task Partitions_keep_their_order_through_it()
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = 4 });
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[.. Enumerable.Range(0, 5000)]]));
        var results = run.Collect(stream.Transform(rdd => rdd.Union(rdd.Map(row => row + 5000))));

        await run.RunAsync(stream, 1);

        Assert.Equal(Enumerable.Range(0, 10_000), results[0].Rows);
    }

    [Fact]
    public async Task The_batches_of_two_or_three_streams_of_different_types_meet_in_one_function()
    {
        await using var run = await BatchRun.CreateAsync();
        var numbers = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2], [3]]));
        var words = run.Context.QueueStream(new ConcurrentQueue<string[]>([["a"], ["b", "c"]]));
        var halves = run.Context.QueueStream(new ConcurrentQueue<double[]>([[0.5], []]));
        var two = run.Collect(run.Context.Transform(numbers, words, (left, right, _) => left.Map(number => $"{number}").Union(right)));
        var three = run.Collect(run.Context.Transform(
            numbers, words, halves, (first, second, third, time) => Rdd.Parallelize([$"{time.Milliseconds}: {first.Count()} {second.Count()} {third.Count()}"])));

        await run.RunAsync(numbers, 2);

        Assert.Equal([["1", "2", "a"], ["3", "b", "c"]], two.Select(batch => batch.Rows.Order(StringComparer.Ordinal).ToArray()));
        Assert.Equal([["1000: 2 1 1"], ["2000: 1 2 0"]], three.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task Streams_of_other_slides_do_not_meet()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>());
        var slow = stream.Window(2 * BatchRun.Interval, 2 * BatchRun.Interval);

        var failure = Assert.Throws<GraphException>(() => run.Context.Transform(stream, stream, slow, (first, _, _, _) => first));

        Assert.DoesNotContain("gather", run.Context.Explain(), StringComparison.Ordinal);
        Assert.Equal("transform: slides of 1000 ms and 2000 ms found, the same slide expected; give both the same windows.", failure.Message);
    }

    [Fact]
    public async Task On_a_window_it_is_called_once_a_slide()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1], [2], [3], [4]]));
        var times = new ConcurrentQueue<long>();
        var results = run.Collect(stream.Window(2 * BatchRun.Interval, 2 * BatchRun.Interval).Transform((rdd, time) =>
        {
            times.Enqueue(time.Milliseconds);
            return rdd;
        }));

        await run.RunAsync(stream, 5);

        Assert.Equal([2000, 4000], times);
        Assert.Equal([[1, 2], [3, 4]], results.Select(batch => batch.Rows.Order().ToArray()));
    }

    [Fact]
    public async Task Null_for_an_RDD_fails_the_job_in_one_line()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]]));

        run.Collect(stream.Transform<int>(_ => null!));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));
        Assert.Contains("the function returned null, an RDD was expected", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_function_of_an_RDD_that_throws_fails_the_job_in_one_line_with_the_operator_that_called_it()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1]]));

        run.Collect(stream.Transform(rdd => rdd.Map(row => row / (row - 1))));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));
        Assert.Contains("Operator transform(queue): map threw DivideByZeroException", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_record_on_which_an_RDD_fails_is_left_out_by_the_policy_of_its_operator()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3]]));
        var shares = run.Collect(stream.Map(row => Rdd.Parallelize<int>([12]).Map(whole => whole / (row - 2)).First()).OnError(ErrorPolicy.Skip));

        await run.RunAsync(stream, 1);

        Assert.Equal([-12, 12], Assert.Single(shares).Rows.Order());
        Assert.Equal(1, run.Context.Job!.Counters.RecordsSkipped);
    }
}
