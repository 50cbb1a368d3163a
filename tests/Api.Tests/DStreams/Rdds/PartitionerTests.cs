using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.TestInputs;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class PartitionerTests
{
    private static readonly Gen<(int Key, int Value)[][]> Pairs = Gen.Select(Gen.Int[-5, 9], Gen.Int[0, 9]).Array[0, 9].Array[1, 5];

    public static TheoryData<string> Operations => [.. All.Keys];

    private static Dictionary<string, (Func<Rdd<(int Key, int Value)>, Partitioner<int>, Dataset> With, Func<Rdd<(int Key, int Value)>, Dataset> By)> All { get; } = new()
    {
        ["groupByKey"] = ((rdd, by) => rdd.GroupByKey(by).MapValues(Sum), rdd => rdd.GroupByKey(3).MapValues(Sum)),
        ["reduceByKey"] = ((rdd, by) => rdd.ReduceByKey((left, right) => left + right, by), rdd => rdd.ReduceByKey((left, right) => left + right, 3)),
        ["foldByKey"] = ((rdd, by) => rdd.FoldByKey(0, (left, right) => left + right, by), rdd => rdd.FoldByKey(0, (left, right) => left + right, 3)),
        ["aggregateByKey"] = (
            (rdd, by) => rdd.AggregateByKey(0, (sum, value) => sum + value, (left, right) => left + right, by),
            rdd => rdd.AggregateByKey(0, (sum, value) => sum + value, (left, right) => left + right, 3)),
        ["combineByKey"] = (
            (rdd, by) => rdd.CombineByKey(value => value, (sum, value) => sum + value, (left, right) => left + right, by, mapSideCombine: false),
            rdd => rdd.CombineByKey(value => value, (sum, value) => sum + value, (left, right) => left + right, 3)),
        ["countApproxDistinctByKey"] = (
            (rdd, by) => rdd.CountApproxDistinctByKey(by).MapValues(count => (int)count), rdd => rdd.CountApproxDistinctByKey(numPartitions: 3).MapValues(count => (int)count)),
        ["groupBy"] = ((rdd, by) => rdd.GroupBy(row => row.Key, by).MapValues(rows => rows.Count), rdd => rdd.GroupBy(row => row.Key, 3).MapValues(rows => rows.Count)),
        ["cogroup"] = ((rdd, by) => rdd.CoGroup(rdd, by).MapValues(values => values.Left.Count), rdd => rdd.CoGroup(rdd, 3).MapValues(values => values.Left.Count)),
        ["cogroup of 3"] = ((rdd, by) => rdd.CoGroup(rdd, rdd, by).MapValues(values => values.Third.Count), rdd => rdd.CoGroup(rdd, rdd, 3).MapValues(values => values.Third.Count)),
        ["cogroup of 4"] = ((rdd, by) => rdd.CoGroup(rdd, rdd, rdd, by).MapValues(values => values.Fourth.Count), rdd => rdd.CoGroup(rdd, rdd, rdd, 3).MapValues(values => values.Fourth.Count)),
        ["join"] = ((rdd, by) => rdd.Join(Even(rdd), by).MapValues(pair => pair.Left + pair.Right), rdd => rdd.Join(Even(rdd), 3).MapValues(pair => pair.Left + pair.Right)),
        ["leftOuterJoin"] = ((rdd, by) => rdd.LeftOuterJoin(Even(rdd), by).MapValues(pair => pair.Left), rdd => rdd.LeftOuterJoin(Even(rdd), 3).MapValues(pair => pair.Left)),
        ["rightOuterJoin"] = ((rdd, by) => Even(rdd).RightOuterJoin(rdd, by).MapValues(pair => pair.Right), rdd => Even(rdd).RightOuterJoin(rdd, 3).MapValues(pair => pair.Right)),
        ["fullOuterJoin"] = (
            (rdd, by) => Even(rdd).FullOuterJoin(rdd, by).MapValues(pair => pair.Left.HasValue ? 1 : 0),
            rdd => Even(rdd).FullOuterJoin(rdd, 3).MapValues(pair => pair.Left.HasValue ? 1 : 0)),
        ["subtractByKey"] = ((rdd, by) => rdd.SubtractByKey(Even(rdd), by), rdd => rdd.SubtractByKey(Even(rdd), 3)),
        ["partitionBy"] = ((rdd, by) => rdd.PartitionBy(by), rdd => rdd.PartitionBy(new HashPartitioner<int>(3))),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Keys_are_where_the_users_partitioner_puts_them_and_the_rows_are_the_same(string operation) => Pairs.Sample(
        partitions =>
        {
            var rdd = Datasets.Of(partitions);
            var by = new ByRest(3);

            var found = (Rdd<(int Key, int Value)>)All[operation].With(rdd, by);

            Datasets.AssertSame(((Rdd<(int Key, int Value)>)All[operation].By(rdd)).Collect(), found.Collect());
            Assert.All(found.Rows().Index(), partition => Assert.All(partition.Item, row => Assert.Equal(partition.Index, by.GetPartition(row.Key))));
            Assert.Equal(3, found.NumPartitions);
            Assert.Same(by, found.Partitioner);
        },
        iter: 20);

    [Fact]
    public void Rows_as_a_set_go_where_the_partitioner_puts_them()
    {
        var rdd = Datasets.Of([1, 2, 3], [4, 5, 5]);

        Assert.Equal([[3], [4], [2]], rdd.Intersection(Datasets.Of([2, 3, 4, 7]), new ByRest(3)).Rows());
        Assert.Equal([[], [1], [5, 5]], rdd.Subtract(Datasets.Of([2, 3, 4, 7]), new ByRest(3)).Rows());
    }

    [Fact]
    public void What_an_equal_partitioner_has_partitioned_is_not_shuffled_again()
    {
        var (rdd, computed) = Datasets.Counting<(int Key, int Value)>([(1, 1), (2, 2)], [(1, 3)]);
        var sums = rdd.ReduceByKey((left, right) => left + right, new ByRest(4));

        var joined = sums.Join(sums.MapValues(sum => -sum), new ByRest(4));

        Datasets.AssertSame([(1, (4, -4)), (2, (2, -2))], joined.Collect());
        Assert.DoesNotContain("+-", joined.ToDebugString().Split("reduceByKey")[0], StringComparison.Ordinal);
        Assert.Equal([1, 1], computed);
    }

    [Fact]
    public void Lookup_computes_the_partition_of_the_key_alone()
    {
        var pairs = Datasets.Of<(int, string)>([(1, "a"), (2, "b")], [(1, "c")]).PartitionBy(new ByRest(3));

        Assert.Equal(["a", "c"], pairs.Lookup(1));
    }

    [Fact]
    public void Number_that_is_no_partition_is_an_error_that_names_the_operation()
    {
        foreach (var wrong in new[] { -1, 3, int.MaxValue })
        {
            var failure = Assert.Throws<UserFunctionException>(() => Datasets.Of([(1, 1)]).GroupByKey(new Constant(wrong)).Collect());

            Assert.Contains($"groupByKey threw InvalidOperationException: the partitioner gave partition {wrong}, 0 to 2 expected", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Fact]
    public void Partitioner_is_called_by_the_name_of_its_class()
    {
        Assert.Equal("ByRest", new ByRest(3).ToString());
        Assert.Equal("HashPartitioner", new HashPartitioner<int>(3).ToString());
        Assert.Throws<GraphException>(() => new ByRest(0));
    }

    private static int Sum(IReadOnlyList<int> values) => values.Sum();

    private static Rdd<(int Key, int Value)> Even(Rdd<(int Key, int Value)> rdd) => rdd.Filter(row => row.Key % 2 == 0);

    private sealed class Constant(int partition) : Partitioner<int>(3)
    {
        public override int GetPartition(int key) => partition;
    }
}
