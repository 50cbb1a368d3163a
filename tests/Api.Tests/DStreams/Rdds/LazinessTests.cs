using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>What is computed, when, and how often.</summary>
public sealed class LazinessTests
{
    [Fact]
    public void Nothing_is_computed_before_an_action()
    {
        var (rows, computed) = Datasets.Counting([1, 2, 3], [4, 5]);
        var pairs = rows.KeyBy(row => row % 2);

        _ = pairs.ReduceByKey(Math.Max).SortByKey().Join(pairs.GroupByKey()).Repartition(3).ZipWithIndex();
        _ = rows.Distinct().Union(rows).Cartesian(rows.SortBy(row => row)).Sample(withReplacement: false, 0.5).Coalesce(2).Zip(rows);
        rows.RandomSplit([1, 2]);
        rows.Cache().LocalCheckpoint();

        Assert.Equal([0, 0], computed);
    }

    [Fact]
    public void Every_action_computes_anew_without_Persist()
    {
        var (rows, computed) = Datasets.Counting([1, 2, 3], [4, 5]);

        rows.Count();
        rows.Map(row => row + 1).Collect();

        Assert.Equal([2, 2], computed);
    }

    [Fact]
    public void Take_computes_no_more_partitions_than_it_needs()
    {
        var (rows, computed) = Datasets.Counting([], [1], [2, 3], [4], [5], [6], [7]);

        Assert.Equal([1, 2], rows.Take(2));
        Assert.Equal([1, 1, 1, 1, 1, 0, 0], computed);
        Assert.False(rows.IsEmpty());
        Assert.Equal(0, computed[6]);
    }

    [Fact]
    public void Take_computes_no_more_rows_than_it_needs()
    {
        var calls = 0;

        Assert.Equal([10, 20], Datasets.Of([1, 2, 3, 4]).Map(row =>
        {
            calls++;
            return row * 10;
        }).Take(2));

        Assert.Equal(2, calls);
    }

    [Fact]
    public void A_local_iterator_computes_a_partition_when_it_reaches_it()
    {
        var (rows, computed) = Datasets.Counting([1, 2], [3], [4]);

        Assert.Equal([1, 2, 3], rows.ToLocalIterator().Take(3));

        Assert.Equal([1, 1, 0], computed);
    }

    [Fact]
    public void Lookup_computes_the_partition_of_the_key_alone()
    {
        var computed = 0;
        var pairs = Datasets.Of([("a", 1), ("b", 2)], [("a", 3)]).PartitionBy(new HashPartitioner<string>(4)).MapPartitions(
            rows =>
            {
                Interlocked.Increment(ref computed);
                return rows;
            },
            preservesPartitioning: true);

        Assert.Equal([1, 3], pairs.Lookup("a"));
        Assert.Equal(1, computed);
        Assert.Empty(pairs.Lookup("no such key"));
        Assert.Equal([1, 3], Datasets.Of([("a", 1), ("b", 2)], [("a", 3)]).Lookup("a"));
    }

    [Fact]
    public void A_persisted_dataset_is_computed_once_and_what_was_dropped_again()
    {
        var (rows, computed) = Datasets.Counting([1, 2], [3], [4]);
        var (tens, mapped) = Watch(rows.Cache(), row => row * 10);
        tens.Persist();

        tens.Collect();
        tens.Count();
        Assert.Equal<int[]>([[1, 1, 1], [1, 1, 1]], [computed, mapped]);

        tens.DropPartition(1);
        Assert.Equal([10, 20, 30, 40], tens.Collect());
        Assert.Equal<int[]>([[1, 1, 1], [1, 2, 1]], [computed, mapped]);

        tens.DropPartition(2);
        rows.DropPartition(2);
        Assert.Equal([10, 20, 30, 40], tens.Collect());
        Assert.Equal<int[]>([[1, 1, 2], [1, 2, 2]], [computed, mapped]);
    }

    [Fact]
    public void A_dropped_partition_behind_a_shuffle_is_computed_from_the_buckets()
    {
        var (rows, computed) = Datasets.Counting([("a", 1), ("b", 2)], [("a", 3), ("c", 4)]);
        var (sums, summed) = Watch(rows.ReduceByKey((left, right) => left + right, 3), pair => pair);
        var before = sums.Cache().Collect();

        sums.DropPartition(0);

        Assert.Equal(before, sums.Collect());
        Assert.Equal([1, 1], computed);
        Assert.Equal([2, 1, 1], summed);
    }

    [Fact]
    public void Only_what_is_needed_of_a_persisted_dataset_is_computed()
    {
        var (rows, computed) = Datasets.Counting([1, 2], [3], [4]);
        rows.Persist();

        Assert.Equal(1, rows.First());

        Assert.Equal([1, 0, 0], computed);
        Assert.Equal(1, rows.HeldPartitions);
    }

    [Fact]
    public void Behind_what_is_wholly_kept_no_shuffle_is_run()
    {
        var (rows, computed) = Datasets.Counting([("a", 1)], [("a", 3)]);
        var kept = Rdd.Parallelize(rows.ReduceByKey((left, right) => left + right, 2).Map(pair => pair.Value).Collect(), 2);
        var shuffled = rows.GroupByKey(2).Keys().LocalCheckpoint();
        shuffled.Collect();

        shuffled.Map(key => key).Collect();
        kept.Collect();

        Assert.Equal([2, 2], computed);
    }

    [Fact]
    public void Unpersist_gives_the_rows_up()
    {
        var (rows, computed) = Datasets.Counting([1], [2]);
        rows.Persist(StorageLevel.MemoryOnly).Collect();

        rows.Unpersist();
        rows.Collect();

        Assert.Equal(StorageLevel.None, rows.StorageLevel);
        Assert.Equal([2, 2], computed);
    }

    [Fact]
    public void A_local_checkpoint_keeps_all_rows_and_cuts_the_lineage_at_the_next_action()
    {
        var (rows, computed) = Datasets.Counting([1, 2], [3], [4]);
        var tens = rows.Map(row => row * 10).LocalCheckpoint();
        var more = tens.Map(row => row + 1);
        Assert.False(tens.IsCheckpointed);

        Assert.Equal([11], more.Take(1));
        Assert.True(tens.IsCheckpointed);
        Assert.Empty(tens.Dependencies);
        tens.DropPartition(0);

        Assert.Equal([11, 21, 31, 41], more.Collect());
        Assert.Equal([1, 1, 1], computed);
        Assert.DoesNotContain("TestRdd", more.ToDebugString(), StringComparison.Ordinal);
    }

    private static (Rdd<TOut> Rdd, int[] Computed) Watch<T, TOut>(Rdd<T> rdd, Func<T, TOut> map)
    {
        var computed = new int[rdd.NumPartitions];
        return (rdd.MapPartitionsWithIndex((partition, rows) =>
        {
            Interlocked.Increment(ref computed[partition]);
            return rows.Select(map);
        }), computed);
    }
}
