using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class LocalRunnerTests
{
    [Fact]
    public void Results_come_in_the_order_in_which_partitions_were_asked_for()
    {
        var rows = Datasets.Of([1], [2], [3], [4]);

        Assert.Equal([(3, 4), (0, 1), (2, 3)], new LocalRunner(4).Run(rows, [3, 0, 2], (partition, part) => (partition, part.Single())));
        Assert.Empty(new LocalRunner(4).Run(rows, [], (partition, _) => partition));
    }

    [Fact]
    public void One_partition_is_computed_on_the_callers_thread()
    {
        var caller = Environment.CurrentManagedThreadId;

        Assert.Equal([caller], new LocalRunner(4).Run(Datasets.Of([1], [2]), [1], (_, _) => Environment.CurrentManagedThreadId));
        Assert.Equal([caller, caller], new LocalRunner(1).Run(Datasets.Of([1], [2]), [0, 1], (_, _) => Environment.CurrentManagedThreadId));
    }

    [Fact]
    public void No_more_partitions_than_the_limit_are_computed_at_once()
    {
        var (running, most) = (0, 0);
        var rows = new Rdd<int>(new SourceRecipe<int>("TestRdd", [.. Enumerable.Range(0, 30).Select(row => new[] { row })]), "test", runner: new LocalRunner(3));

        rows.ForeachPartition(part =>
        {
            lock (rows)
                most = Math.Max(most, ++running);
            Thread.Yield();
            lock (rows)
                running--;
        });

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public void A_run_within_runs_ends_whatever_the_pool_has_to_do()
    {
        var inner = Rdd.Parallelize(Enumerable.Range(0, 100), 10).KeyBy(row => row % 7).ReduceByKey((left, right) => left + right).Cache();
        var outer = Rdd.Parallelize(Enumerable.Range(0, 20), 20).Map(row => inner.Values().Collect().Sum() + row);

        var sums = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => outer.Collect().Sum()).ToArray();

        Assert.All(sums, sum => Assert.Equal((20 * 4950) + 190, sum));
    }

    [Fact]
    public void Actions_of_many_threads_compute_a_kept_partition_and_a_shuffle_once()
    {
        var (rows, computed) = Datasets.Counting([.. Enumerable.Range(0, 6).Select(part => new[] { (part % 2, part) })]);
        var sums = rows.Cache().ReduceByKey((left, right) => left + right, 4);

        Assert.All(
            Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => sums.Values().Sum()).ToArray(),
            sum => Assert.Equal(15, sum));

        Assert.Equal([1, 1, 1, 1, 1, 1], computed);
    }
}
