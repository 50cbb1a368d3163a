using System.Collections.Concurrent;
using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class ActionTests
{
    [Fact]
    public void Rows_are_handed_over_in_the_order_of_the_partitions() => Datasets.Numbers.Sample(partitions =>
    {
        var rows = Datasets.Of(partitions);

        Assert.Equal(partitions.Flat(), rows.Collect());
        Assert.Equal(partitions.Flat(), rows.ToLocalIterator());
        Assert.Equal(partitions.Flat().Take(7), rows.Take(7));
        Assert.Equal(partitions.Flat().Length, rows.Count());
        Assert.Equal(partitions.Flat().Length == 0, rows.IsEmpty());
    });

    [Fact]
    public void A_neutral_value_that_functions_alter_is_each_partitions_and_keys_own()
    {
        var lists = Rdd.Parallelize(Enumerable.Range(0, 6).Select(row => new List<int> { row }), 3);
        var pairs = Rdd.Parallelize<(string Key, int Value)>([("a", 1), ("b", 2), ("a", 3)], 2);

        Assert.Equal(6, lists.Fold([], Join).Count);
        Assert.Equal(6, lists.Aggregate(new List<int>(), Join, Join).Count);
        Assert.Equal(6, lists.TreeAggregate(new List<int>(), Join, Join).Count);
        Assert.Equal(["a:2", "b:1"], Sizes(pairs.AggregateByKey(new List<int>(), (list, value) => Join(list, [value]), Join)));
        Assert.Equal(["a:2", "b:1"], Sizes(pairs.MapValues(value => new List<int> { value }).FoldByKey([], Join)));

        static List<int> Join(List<int> left, List<int> right)
        {
            left.AddRange(right);
            return left;
        }

        static IEnumerable<string> Sizes(Rdd<(string Key, List<int> Value)> rdd) => rdd.Collect().Select(pair => $"{pair.Key}:{pair.Value.Count}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Sequences_and_dictionaries_are_spelt_as_spark_does()
    {
        Assert.Equal("(a,CompactBuffer(1, 2))", RowText.Spell(("a", new[] { 1, 2 })));
        Assert.Equal("CompactBuffer((b,1.5), null)", RowText.Spell(new List<object?> { ("b", 1.5), null }));
        Assert.Equal("Map(a -> CompactBuffer())", RowText.Spell(new Dictionary<string, int[]> { ["a"] = [] }));
    }

    [Fact]
    public void Reductions_merge_in_the_order_of_the_partitions() => Gen.Select(Datasets.Numbers, Gen.Int[1, 4]).Sample((partitions, depth) =>
    {
        var digits = Datasets.Of(partitions).Map(row => $"{row} ");
        var expected = string.Concat(partitions.Flat().Select(row => $"{row} "));

        Assert.Equal(expected, digits.Fold("", (left, right) => left + right));
        Assert.Equal(expected, digits.Aggregate("", (text, row) => text + row, (left, right) => left + right));
        Assert.Equal(expected, digits.TreeAggregate("", (text, row) => text + row, (left, right) => left + right, depth));
        if (expected.Length > 0)
        {
            Assert.Equal(expected, digits.Reduce((left, right) => left + right));
            Assert.Equal(expected, digits.TreeReduce((left, right) => left + right, depth));
        }
    });

    [Fact]
    public void Aggregate_may_alter_what_it_made()
    {
        var list = Datasets.Of([1, 2], [3]).Aggregate(() => new List<int>(), (list, row) => [.. list, row], (left, right) =>
        {
            left.AddRange(right);
            return left;
        });

        Assert.Equal([1, 2, 3], list);
    }

    [Fact]
    public void Max_and_Min_follow_the_order()
    {
        var rows = Datasets.Of(["b", "ccc"], [], ["aa"]);

        Assert.Equal(("ccc", "aa"), (rows.Max(), rows.Min()));
        Assert.Equal("b", rows.Min(Comparer<string>.Create((x, y) => x.Length - y.Length)));
    }

    [Fact]
    public void An_empty_collection_has_no_first_row_and_nothing_to_reduce()
    {
        var none = Datasets.Of<int>([], []);

        foreach (var act in new Action[]
        {
            () => none.First(), () => none.Reduce(Math.Max), () => none.TreeReduce(Math.Max), () => none.Max(), () => none.Min(), () => none.Histogram(2),
        })
        {
            Assert.Equal("empty collection", Assert.Throws<InvalidOperationException>(act).Message);
        }
    }

    [Fact]
    public void CollectAsMap_keeps_the_last_value_of_a_key_and_takes_no_null()
    {
        Assert.Equal(new Dictionary<string, int> { ["a"] = 3, ["b"] = 2 }, Datasets.Of([("a", 1)], [("b", 2), ("a", 3)]).CollectAsMap());

        Assert.Contains("null key", Assert.Throws<GraphException>(() => Datasets.Of([((string?)null, 1)]).CollectAsMap()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreach_is_called_for_every_row_those_of_a_partition_in_order()
    {
        var seen = new ConcurrentQueue<int>();

        Rdd.Parallelize(Enumerable.Range(0, 100), 10).Foreach(seen.Enqueue);

        Assert.Equal(100, seen.Count);
        Assert.All(seen.GroupBy(row => row / 10), partition => Assert.Equal(Enumerable.Range(10 * partition.Key, 10), partition));
    }

    [Fact]
    public void ForeachPartition_is_called_once_for_each()
    {
        var sizes = new CollectionAccumulator<int>();

        Datasets.Of([1, 2], [], [3]).ForeachPartition(rows => sizes.Add(rows.Count()));

        Assert.Equal([0, 1, 2], sizes.Value.Order());
    }

    [Fact]
    public void Partitions_are_computed_several_at_once()
    {
        using var barrier = new Barrier(2);

        new Rdd<int>(new SourceRecipe<int>("TestRdd", [[1], [2]]), "test", runner: new LocalRunner(2))
            .ForeachPartition(_ => Assert.True(barrier.SignalAndWait(BatchRun.Patience)));
    }

    [Fact]
    public void CountApproxDistinct_is_near()
    {
        var rows = Rdd.Parallelize(Enumerable.Range(0, 60_000).Select(row => row % 20_000), 5);

        Assert.InRange(rows.CountApproxDistinct(), 17_000, 23_000);
        Assert.InRange(rows.CountApproxDistinct(0.005), 19_700, 20_300);
        Assert.InRange(Rdd.Parallelize(Enumerable.Range(0, 10), 3).CountApproxDistinct(), 9, 11);
        Assert.Equal(0, Rdd.EmptyRdd<int>().CountApproxDistinct());
        var byKey = rows.Map(row => (row % 2, row)).CountApproxDistinctByKey(0.01).CollectAsMap();
        Assert.All(byKey.Values, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void SaveAsTextFile_writes_a_file_for_each_partition_and_a_sign_of_success()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("millrace").FullName, "a", "counts");
        var counts = Datasets.Of([("a", 1.5), ("b", 2)], [], [("c", 3)]);

        counts.SaveAsTextFile(path);

        Assert.Equal(["_SUCCESS", "part-00000", "part-00001", "part-00002"], Files(path));
        Assert.Equal("(a,1.5)\n(b,2)\n", File.ReadAllText(Path.Combine(path, "part-00000")));
        Assert.Equal("", File.ReadAllText(Path.Combine(path, "part-00001")));
        Assert.Contains("exists already", Assert.Throws<IOException>(() => counts.SaveAsTextFile(path)).Message, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(path))!, recursive: true);
    }

    [Fact]
    public void A_failed_SaveAsTextFile_leaves_no_sign_of_success()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("millrace").FullName, "rows");

        Assert.Throws<UserFunctionException>(() => Datasets.Of([1], [0]).Map(row => 1 / row).SaveAsTextFile(path));

        Assert.Equal(["_temporary"], Files(path));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static IEnumerable<string?> Files(string path) => Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
