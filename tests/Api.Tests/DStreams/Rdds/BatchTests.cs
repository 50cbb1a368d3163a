using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>RDDs that <c>ForeachRDD</c> gives.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task A_batch_has_the_partitions_of_its_tasks_and_every_operation()
    {
        await using var run = await BatchRun.CreateAsync(new() { Parallelism = 3 });
        var found = new List<(int Partitions, (string, int)[] Counts)>();
        var words = run.Context.QueueStream(new ConcurrentQueue<string[]>([["to be or", "not to be"], []])).FlatMap(line => line.Split(' '));
        words.Map(word => (word, 1)).Filter(pair => pair.word.Length > 0).ForeachRDD(rdd =>
            found.Add((rdd.NumPartitions, rdd.ReduceByKey((left, right) => left + right).SortByKey().Collect())));

        await run.RunAsync(words, 2);

        Assert.Equal(3, found[0].Partitions);
        Assert.Equal([("be", 2), ("not", 1), ("or", 1), ("to", 2)], found[0].Counts);
        Assert.Empty(found[1].Counts);
    }

    [Fact]
    public async Task A_batch_that_was_kept_is_read_after_its_body()
    {
        await using var run = await BatchRun.CreateAsync();
        var batches = new List<Rdd<int>>();
        var rows = run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2], [3]]));
        rows.ForeachRDD(batches.Add);

        await run.RunAsync(rows, 2);

        Assert.Equal([1, 2, 3], batches[0].Union(batches[1]).Collect().Order());
        Assert.Equal(3, batches.Sum(batch => batch.Count()));
    }

    [Fact]
    public void Rows_of_a_batch_are_read_block_by_block_and_one_by_one()
    {
        var rdd = Rdd.OfBatch<int>([[Batch<int>.Of(1, 2), Batch<int>.Of(3)], [], [Batch<int>.Of(4)]], LocalRunner.Default);
        var seen = new ConcurrentBag<int>();
        rdd.Foreach(seen.Add);

        Assert.Equal([1, 2, 3, 4], seen.Order());
        Assert.Equal([1, 2, 3, 4], rdd.Collect());
        Assert.Equal([1, 2, 3], rdd.Take(3));
        Assert.Equal([[2, 4, 6], [], [8]], rdd.Map(row => row * 2).Rows());
        Assert.Equal(4, rdd.Count());
        Assert.Equal([1, 2, 3, 4], rdd.Cache().Collect());
    }
}
