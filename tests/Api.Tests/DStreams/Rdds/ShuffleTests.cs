using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Operations by key against LINQ, over random partitions.</summary>
public sealed class ShuffleTests
{
    [Fact]
    public void ReduceByKey_reduces_the_values_of_each_key() => Check(
        (pairs, count) => pairs.ReduceByKey((left, right) => left + right, count),
        pairs => pairs.GroupBy(pair => pair.Key).Select(group => (group.Key, group.Sum(pair => pair.Value))));

    [Fact]
    public void GroupByKey_gathers_the_values_in_their_order() => Check(
        (pairs, count) => pairs.GroupByKey(count).MapValues(values => string.Join(' ', values)),
        pairs => pairs.GroupBy(pair => pair.Key).Select(group => (group.Key, string.Join(' ', group.Select(pair => pair.Value)))));

    [Fact]
    public void GroupBy_gathers_rows_by_a_function() => Check(
        (pairs, count) => pairs.GroupBy(pair => pair.Value % 3, count).MapValues(rows => string.Join(' ', rows)),
        pairs => pairs.GroupBy(pair => pair.Value % 3).Select(group => (group.Key, string.Join(' ', group))));

    [Fact]
    public void FoldByKey_begins_with_the_neutral_value() => Check(
        (pairs, count) => pairs.FoldByKey(0, Math.Max, count),
        pairs => pairs.GroupBy(pair => pair.Key).Select(group => (group.Key, group.Max(pair => pair.Value))));

    [Fact]
    public void AggregateByKey_adds_to_a_value_that_it_may_alter() => Check(
        (pairs, count) => pairs.AggregateByKey(
            () => new List<int>(),
            (list, value) =>
            {
                list.Add(value);
                return list;
            },
            (left, right) =>
            {
                left.AddRange(right);
                return left;
            },
            count).MapValues(list => string.Join(' ', list)),
        pairs => pairs.GroupBy(pair => pair.Key).Select(group => (group.Key, string.Join(' ', group.Select(pair => pair.Value)))));

    [Fact]
    public void CombineByKey_makes_adds_and_merges() => Check(
        (pairs, count) => pairs.CombineByKey(
            value => (Sum: value, Count: 1), (sum, value) => (sum.Sum + value, sum.Count + 1), (left, right) => (left.Sum + right.Sum, left.Count + right.Count), count),
        pairs => pairs.GroupBy(pair => pair.Key).Select(group => (group.Key, (group.Sum(pair => pair.Value), group.Count()))));

    [Fact]
    public void CountByKey_and_CountByValue_count() => Datasets.Pairs.Sample(partitions =>
    {
        var pairs = Datasets.Of(partitions).Filter(pair => pair.Key is not null).Map(pair => (Key: pair.Key!, pair.Value));
        var model = partitions.Flat().Where(pair => pair.Key is not null).ToArray();

        Datasets.AssertSame(model.CountBy(pair => pair.Key).Select(pair => (pair.Key!, (long)pair.Value)), pairs.CountByKey().Select(pair => (pair.Key, pair.Value)));
        Datasets.AssertSame(model.CountBy(pair => pair).Select(pair => (pair.Key, (long)pair.Value)), pairs.CountByValue().Select(pair => (pair.Key, pair.Value)));
    });

    [Fact]
    public void PartitionBy_puts_pairs_where_the_partitioner_says() => Gen.Select(Datasets.Pairs, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        var partitioner = new HashPartitioner<string?>(count);

        var found = Datasets.Of(partitions).PartitionBy(partitioner).Rows();

        var expected = Enumerable.Range(0, count).Select(target => partitions.Flat().Where(pair => partitioner.GetPartition(pair.Key) == target).ToArray());
        Assert.Equal(expected, found);
    });

    [Fact]
    public void Repartition_keeps_the_rows_and_deals_them_out_evenly() => Gen.Select(Datasets.Numbers, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        var found = Datasets.Of(partitions).Repartition(count).Rows();

        Assert.Equal(count, found.Length);
        Datasets.AssertSame(partitions.Flat(), found.Flat());
        Assert.InRange(found.Max(rows => rows.Length) - found.Min(rows => rows.Length), 0, partitions.Length);
    });

    [Fact]
    public void Rows_come_in_the_same_order_at_every_computation() => Gen.Select(Datasets.Pairs, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        string[] Run() => Datasets.Of(partitions).ReduceByKey((left, right) => left + right, count).Repartition(3).Collect().Select(pair => RowText.Spell(pair)).ToArray();

        Assert.Equal(Run(), Run());
    });

    [Fact]
    public void Keys_that_are_arrays_are_equal_by_content()
    {
        var counts = Datasets.Of([(new[] { 1, 2 }, 1), (new[] { 3 }, 1)], [(new[] { 1, 2 }, 1)]).ReduceByKey((left, right) => left + right).Collect();

        Datasets.AssertSame(["1 2=2", "3=1"], counts.Select(pair => $"{string.Join(' ', pair.Key)}={pair.Value}"));
    }

    [Fact]
    public void The_buckets_of_a_shuffle_are_filled_once()
    {
        var (rows, computed) = Datasets.Counting<(string Key, int Value)>([("a", 1)], [("b", 2), ("a", 3)]);
        var sums = rows.ReduceByKey((left, right) => left + right);

        sums.Collect();
        sums.Count();
        sums.MapValues(sum => sum + 1).Collect();

        Assert.Equal([1, 1], computed);
    }

    [Fact]
    public void A_merge_that_alters_its_first_argument_and_fails_half_way_begins_anew()
    {
        var isBroken = true;
        var lists = Datasets.Of([("a", 1), ("b", 2)], [("a", 3), ("b", 4)]).CombineByKey(
            value => new List<int> { value },
            (list, value) => [.. list, value],
            (left, right) =>
            {
                if (isBroken && right[0] == 4)
                    throw new FormatException("broken");
                left.AddRange(right);
                return left;
            },
            numPartitions: 1);

        Assert.Throws<UserFunctionException>(() => lists.Collect());
        isBroken = false;

        Assert.Equal(["a: 1 3", "b: 2 4"], lists.Collect().Select(pair => $"{pair.Key}: {string.Join(' ', pair.Value)}"));
    }

    [Fact]
    public void What_is_partitioned_already_is_not_shuffled_again()
    {
        var sums = Datasets.Of([("a", 1)], [("b", 2), ("a", 3)]).ReduceByKey((left, right) => left + right, 3).Filter(pair => pair.Value > 0);

        var again = sums.MapValues(value => value * 2).ReduceByKey((left, right) => left + right);
        var joined = sums.Join(again);

        Assert.IsType<NarrowDependency>(Assert.Single(again.Dependencies));
        Assert.DoesNotContain("+-", joined.ToDebugString().Split("+-", 3)[0], StringComparison.Ordinal);
        Datasets.AssertSame([("a", (4, 8)), ("b", (2, 4))], joined.Collect());
    }

    private static void Check<TKey, TValue>(
        Func<Rdd<(string? Key, int Value)>, int, Rdd<(TKey Key, TValue Value)>> build,
        Func<(string? Key, int Value)[], IEnumerable<(TKey Key, TValue Value)>> model) =>
        Gen.Select(Datasets.Pairs, Datasets.PartitionCounts).Sample((partitions, count) =>
        {
            var found = build(Datasets.Of(partitions), count).Rows();

            Assert.Equal(count, found.Length);
            Datasets.AssertSame(model(partitions.Flat()), found.Flat());
            for (var target = 0; target < count; target++)
                Assert.All(found[target], row => Assert.Equal(target, new HashPartitioner<TKey>(count).GetPartition(row.Key)));
        });
}
