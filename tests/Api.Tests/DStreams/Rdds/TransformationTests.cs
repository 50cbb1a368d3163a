using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Operations without a shuffle.</summary>
public sealed class TransformationTests
{
    [Fact]
    public void Rows_are_piped_through_a_program()
    {
        var rows = Datasets.Of([[1, 2], [], [3]]);

        Assert.Equal(["1", "2", "3"], rows.Pipe("cat").Collect());
        Assert.Equal(["2", "0", "1"], rows.Pipe("sh", "-c", "wc -l | tr -d ' '").Collect());
        Assert.Equal(["(1,a)"], Datasets.Of([[1]]).Map(row => (row, "a")).Pipe("cat").Collect());
        Assert.Equal(100_000, Datasets.Of([Enumerable.Range(0, 100_000).ToArray()]).Pipe("cat").Count());
        Assert.Equal("pipe: exit code 0 of sh expected, 3 found: no such thing", Complaint("sh", "-c", "echo no such thing >&2; exit 3"));
        Assert.StartsWith("pipe: a program expected, no-such-program found, which can't be started: ", Complaint("no-such-program"), StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => rows.Pipe());

        string Complaint(params string[] command) => Assert.Throws<UserFunctionException>(() => rows.Pipe(command).Collect()).Message;
    }

    [Fact]
    public void Row_by_row_operations_keep_the_partitions() => Datasets.Numbers.Sample(partitions =>
    {
        var rows = Datasets.Of(partitions);

        Assert.Equal(partitions.Select(part => part.Select(row => row * 3).ToArray()), rows.Map(row => row * 3).Rows());
        Assert.Equal(partitions.Select(part => part.Where(row => row > 0).ToArray()), rows.Filter(row => row > 0).Rows());
        Assert.Equal(partitions.Select(part => part.SelectMany(row => new[] { row, -row }).ToArray()), rows.FlatMap(row => new[] { row, -row }).Rows());
        Assert.Equal(partitions.Select(part => part.Select(row => (row % 2, row)).ToArray()), rows.KeyBy(row => row % 2).Rows());
        Assert.Equal(partitions.Select(part => part.Reverse().ToArray()), rows.MapPartitions(part => part.Reverse()).Rows());
        Assert.Equal(partitions.Select((part, index) => part.Select(row => row + index).ToArray()), rows.MapPartitionsWithIndex((index, part) => part.Select(row => row + index)).Rows());
    });

    [Fact]
    public void Pairs_are_taken_apart_and_put_together()
    {
        var pairs = Datasets.Of([("a", 1)], [("b", 2), ("a", 3)]);

        Assert.Equal(["a", "b", "a"], pairs.Keys().Collect());
        Assert.Equal([1, 2, 3], pairs.Values().Collect());
        Assert.Equal([("a", 10), ("b", 20), ("a", 30)], pairs.MapValues(value => value * 10).Collect());
        Assert.Equal([("a", 0), ("b", 0), ("b", 1), ("a", 0), ("a", 1), ("a", 2)], pairs.FlatMapValues(value => Enumerable.Range(0, value)).Collect());
    }

    [Fact]
    public void Query_expressions_work()
    {
        var lines = Datasets.Of(["a b"], ["c"]);

        var found = from line in lines
                    where line.Length > 1
                    from word in line.Split(' ')
                    select word + line.Length;

        Assert.Equal(["a3", "b3"], found.Collect());
        Assert.Equal(["a", "b", "c"], lines.SelectMany(line => line.Split(' ')).Select(word => word).Collect());
    }

    [Fact]
    public void Parallelize_cuts_as_Spark_does()
    {
        Assert.Equal([[0, 1], [2, 3, 4], [5, 6], [7, 8, 9]], Rdd.Parallelize(Enumerable.Range(0, 10), 4).Rows());
        Assert.Equal([[], [1], [2]], Rdd.MakeRdd([1, 2], 3).Rows());
        Assert.Equal(Environment.ProcessorCount, Rdd.Parallelize([1]).NumPartitions);
        Assert.Equal((0, 0), (Rdd.EmptyRdd<int>().NumPartitions, Rdd.EmptyRdd<int>().Count()));
    }

    [Fact]
    public void Union_puts_partitions_one_after_the_other()
    {
        var (left, right) = (Datasets.Of([1, 2], [3]), Datasets.Of([1]));

        Assert.Equal([[1, 2], [3], [1]], left.Union(right).Rows());
        Assert.Equal([[1], [1], [1, 2], [3]], Rdd.Union(right, right, left).Rows());
        Assert.Equal(0, Rdd.Union<int>().NumPartitions);
    }

    [Fact]
    public void Cartesian_pairs_every_row_with_every_row() => Gen.Select(Datasets.Numbers, Datasets.Numbers).Sample((left, right) =>
    {
        var found = Datasets.Of(left).Cartesian(Datasets.Of(right));

        Assert.Equal(left.Length * right.Length, found.NumPartitions);
        Datasets.AssertSame(left.Flat().SelectMany(row => right.Flat().Select(other => (row, other))), found.Collect());
    });

    [Fact]
    public void Zip_pairs_rows_of_the_same_place()
    {
        var (left, right) = (Datasets.Of([1, 2], [3]), Datasets.Of(["a", "b"], ["c"]));

        Assert.Equal([(1, "a"), (2, "b"), (3, "c")], left.Zip(right).Collect());
        Assert.Equal(["2+2", "1+1"], left.ZipPartitions(right, (numbers, texts) => new[] { $"{numbers.Count()}+{texts.Count()}" }).Collect());
    }

    [Fact]
    public void Zip_refuses_unequal_partitions_at_once_and_unequal_rows_in_the_action()
    {
        var one = Assert.Throws<GraphException>(() => Datasets.Of([1], [2]).Zip(Datasets.Of([1])));
        var other = Assert.Throws<UserFunctionException>(() => Datasets.Of([1], [2]).Zip(Datasets.Of([1], [2, 3])).Collect());
        var third = Assert.Throws<UserFunctionException>(() => Datasets.Of([1, 2], [2]).Zip(Datasets.Of([1], [2])).Collect());

        Assert.Equal("zip of 2 and 1 partitions found, equally many expected.", one.Message);
        Assert.Contains("zip threw InvalidOperationException: equally many rows", other.Message, StringComparison.Ordinal);
        Assert.Contains("(partition 1)", other.Message, StringComparison.Ordinal);
        Assert.Contains("(partition 0)", third.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_numbered() => Datasets.Numbers.Sample(partitions =>
    {
        var rows = Datasets.Of(partitions);

        Assert.Equal(partitions.Flat().Select((row, index) => (row, (long)index)), rows.ZipWithIndex().Collect());
        Assert.Equal(
            partitions.SelectMany((part, number) => part.Select((row, index) => (row, ((long)index * partitions.Length) + number))),
            rows.ZipWithUniqueId().Collect());
    });

    [Fact]
    public void Coalesce_puts_neighbours_together() => Gen.Select(Datasets.Numbers, Datasets.PartitionCounts).Sample((partitions, count) =>
    {
        var narrow = Datasets.Of(partitions).Coalesce(count).Rows();
        var wide = Datasets.Of(partitions).Coalesce(count, shuffle: true).Rows();

        Assert.Equal(Math.Min(count, partitions.Length), narrow.Length);
        Assert.Equal(partitions.Flat(), narrow.Flat());
        Assert.Equal(count, wide.Length);
        Datasets.AssertSame(partitions.Flat(), wide.Flat());
    });

    [Fact]
    public void Sets_are_as_in_mathematics_but_for_duplicates_of_Subtract() => Gen.Select(Datasets.Numbers, Datasets.Numbers, Datasets.PartitionCounts).Sample((left, right, count) =>
    {
        var (rows, others) = (Datasets.Of(left), Datasets.Of(right));

        Datasets.AssertSame(left.Flat().Distinct(), rows.Distinct(count).Collect());
        Datasets.AssertSame(left.Flat().Intersect(right.Flat()), rows.Intersection(others, count).Collect());
        Datasets.AssertSame(left.Flat().Where(row => !right.Flat().Contains(row)), rows.Subtract(others).Collect());
    });

    [Fact]
    public void An_empty_dataset_goes_through_everything()
    {
        var none = Rdd.EmptyRdd<int>();
        var pairs = none.KeyBy(row => row);

        Assert.Empty(none.Distinct().Union(none.Repartition(2)).Coalesce(1).SortBy(row => row).Collect());
        Assert.Empty(pairs.ReduceByKey(Math.Max).Join(pairs).CoGroup(pairs, pairs).Collect());
        Assert.Empty(none.Cartesian(none).ZipWithIndex().Collect());
        Assert.Empty(none.Take(3));
        Assert.Empty(none.TakeSample(withReplacement: true, 3));
        Assert.True(none.IsEmpty());
        Assert.Equal(0, none.Sum());
    }
}
