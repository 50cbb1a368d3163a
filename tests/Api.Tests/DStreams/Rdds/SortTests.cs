using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Sorts and ranges against LINQ, over random partitions.</summary>
public sealed class SortTests
{
    [Fact]
    public void SortBy_orders_over_all_partitions_and_keeps_the_order_of_equal_keys() => Gen.Select(Datasets.Pairs, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        var found = Datasets.Of(partitions).SortBy(pair => pair.Value, numPartitions: count).Rows();

        Assert.Equal(count, found.Length);
        Assert.Equal(partitions.Flat().OrderBy(pair => pair.Value), found.Flat());
    });

    [Fact]
    public void SortByKey_descends_too() => Gen.Select(Datasets.Numbers, Datasets.PartitionCounts).Sample((partitions, count) =>
        Assert.Equal(
            partitions.Flat().OrderDescending(),
            Datasets.Of(partitions).KeyBy(row => row).SortByKey(ascending: false, count).Keys().Collect()));

    [Fact]
    public void Sorted_partitions_are_of_about_the_same_size()
    {
        var rows = Rdd.Parallelize(Enumerable.Range(0, 10_000).Select(row => row * 7919 % 10_007), 4);

        var sizes = rows.SortBy(row => row, numPartitions: 5).Rows().Select(partition => partition.Length);

        Assert.All(sizes, size => Assert.InRange(size, 1200, 2800));
    }

    [Fact]
    public void RepartitionAndSortWithinPartitions_orders_each_partition() => Gen.Select(Datasets.Numbers, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        var partitioner = new HashPartitioner<int>(count);

        var found = Datasets.Of(partitions).KeyBy(row => row).RepartitionAndSortWithinPartitions(partitioner).Keys().Rows();

        var expected = Enumerable.Range(0, count).Select(target => partitions.Flat().Where(row => partitioner.GetPartition(row) == target).Order().ToArray());
        Assert.Equal(expected, found);
    });

    [Fact]
    public void FilterByRange_keeps_both_bounds() => Gen.Select(Datasets.Numbers, Datasets.PartitionCounts, Gen.Bool, Gen.Bool).Sample((partitions, count, isSorted, ascending) =>
    {
        var pairs = Datasets.Of(partitions).KeyBy(row => row);

        var found = (isSorted ? pairs.SortByKey(ascending, count) : pairs).FilterByRange(-2, 3).Keys().Collect();

        Datasets.AssertSame(partitions.Flat().Where(row => row is >= -2 and <= 3), found);
    });

    [Fact]
    public void FilterByRange_of_sorted_pairs_computes_only_the_partitions_that_can_hold_them()
    {
        var (rows, computed) = (Rdd.Parallelize(Enumerable.Range(0, 100), 4), new int[4]);
        var sorted = rows.KeyBy(row => row).SortByKey(numPartitions: 4).MapPartitionsWithIndex(
            (partition, pairs) =>
            {
                Interlocked.Increment(ref computed[partition]);
                return pairs;
            },
            preservesPartitioning: true);

        Assert.Equal([3, 4, 5], sorted.FilterByRange(3, 5).Keys().Collect());

        Assert.Equal([1, 0, 0, 0], computed);
    }

    [Fact]
    public void TakeOrdered_and_Top_take_the_ends() => Gen.Select(Datasets.Pairs, Gen.Int[0, 12]).Sample((partitions, count) =>
    {
        var byValue = Comparer<(string? Key, int Value)>.Create((x, y) => x.Value.CompareTo(y.Value));
        var rows = Datasets.Of(partitions);

        Assert.Equal(partitions.Flat().OrderBy(pair => pair.Value).Take(count), rows.TakeOrdered(count, byValue));
        Assert.Equal(partitions.Flat().OrderByDescending(pair => pair.Value).Take(count), rows.Top(count, byValue));
    });

    [Fact]
    public void Few_rows_of_many_are_found_in_little_memory() =>
        Assert.Equal([9999, 9998, 9997], Rdd.Parallelize(Enumerable.Range(0, 10_000), 3).Top(3));

    [Fact]
    public void Texts_are_ordered_by_code_units() =>
        Assert.Equal(["B", "Z", "a", "ä"], Rdd.Parallelize(["a", "ä", "Z", "B"], 2).SortBy(row => row).Collect());

    [Fact]
    public void A_type_without_an_order_is_refused_with_one_line()
    {
        var failure = Assert.Throws<GraphException>(() => Rdd.Parallelize([new PlainClass()]).SortBy(row => row));

        Assert.Contains("give a comparer", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
