using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>What a function throws, as the caller of the action sees it.</summary>
public sealed class FailureTests
{
    private static readonly Rdd<int> Rows = Datasets.Of([1, 2], [3, 0], [4]);

    [Fact]
    public void Operation_and_partition_are_named_in_one_line()
    {
        var failure = Assert.Throws<UserFunctionException>(() => Rows.Map(row => row > 0 ? row : throw new FormatException("two\nlines")).Filter(row => row > 0).Count());

        Assert.Equal("map threw FormatException: two lines (partition 1)", failure.Message);
        Assert.IsType<FormatException>(failure.InnerException);
    }

    [Fact]
    public void The_operation_that_threw_is_named_whatever_reads_it()
    {
        var broken = Rows.Map(row => (row, 1 / row));

        foreach (var act in new Action[]
        {
            () => broken.ReduceByKey((left, right) => left + right).Collect(),
            () => broken.GroupByKey().MapValues(values => values.Count).Take(1),
            () => broken.SortByKey().Count(),
            () => broken.Cache().Join(broken).First(),
            () => broken.Foreach(_ => { }),
            () => broken.Union(broken).Coalesce(1).ToLocalIterator().ToList().Clear(),
            () => broken.Zip(broken).Cartesian(broken).Count(),
            () => broken.LocalCheckpoint().IsEmpty(),
        })
        {
            Assert.Equal("map threw DivideByZeroException: Attempted to divide by zero. (partition 1)", Assert.Throws<UserFunctionException>(act).Message);
        }
    }

    [Theory]
    [InlineData("foreach")]
    [InlineData("foreachPartition")]
    [InlineData("reduce")]
    [InlineData("fold")]
    [InlineData("flatMap")]
    [InlineData("filter")]
    [InlineData("mapPartitions")]
    [InlineData("reduceByKey")]
    [InlineData("groupByKey")]
    [InlineData("partitionBy")]
    [InlineData("sortByKey")]
    public void Every_function_is_guarded(string operation)
    {
        var failure = Assert.Throws<UserFunctionException>(() =>
        {
            switch (operation)
            {
                case "foreach": Rows.Foreach(row => throw new FormatException()); break;
                case "foreachPartition": Rows.ForeachPartition(rows => throw new FormatException()); break;
                case "reduce": Rows.Reduce((left, right) => throw new FormatException()); break;
                case "fold": Rows.Fold(0, (left, right) => throw new FormatException()); break;
                case "flatMap": Rows.FlatMap<int>(row => null!).Count(); break;
                case "filter": Rows.Filter(row => throw new FormatException()).Count(); break;
                case "mapPartitions": Rows.MapPartitions<int>(rows => null!).Count(); break;
                case "reduceByKey": Rows.Map(row => (0, row)).ReduceByKey((left, right) => throw new FormatException()).Count(); break;
                case "groupByKey": Rows.Map(row => (new ThrowingKey(), row)).GroupByKey().Count(); break;
                case "partitionBy": Rows.Map(row => (row, row)).PartitionBy(new BrokenPartitioner()).Count(); break;
                case "sortByKey": Rows.Map(row => (row, row)).SortByKey(comparer: Comparer<int>.Create((x, y) => throw new FormatException())).Count(); break;
            }
        });

        Assert.StartsWith(operation + " threw ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void After_a_failure_the_next_action_tries_again()
    {
        var isBroken = true;
        var sums = Rows.Map(row => isBroken && row == 0 ? throw new FormatException() : (row % 2, row)).Cache().ReduceByKey((left, right) => left + right).Cache();
        Assert.Throws<UserFunctionException>(() => sums.Collect());

        isBroken = false;

        Datasets.AssertSame([(0, 6), (1, 4)], sums.Collect());
    }

    [Fact]
    public void The_first_failing_partition_is_named_every_time()
    {
        for (var run = 0; run < 50; run++)
        {
            var failure = Assert.Throws<UserFunctionException>(() => Rdd.Parallelize(Enumerable.Range(0, 40), 20).Map(row => row >= 6 ? throw new FormatException() : row).Count());
            Assert.Contains("(partition 3)", failure.Message, StringComparison.Ordinal);
        }
    }

    private sealed class BrokenPartitioner() : Partitioner<int>(2)
    {
        public override int GetPartition(int key) => 2;
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("repartition")]
    public void A_lineage_that_is_deeper_than_the_stack_is_an_error_and_not_the_end_of_the_process(string operation)
    {
        var rdd = Rdd.Parallelize([1, 2, 3], 2);
        for (var step = 0; step < 20_000; step++)
        {
            rdd = operation switch
            {
                "cache" => rdd.Map(row => row + 1).Cache(),
                _ => rdd.Repartition(2),
            };
        }

        var failure = Assert.Throws<GraphException>(() => rdd.Collect());

        Assert.EndsWith("a lineage of fewer operations expected, one that is deeper than the stack found; cut it now and then by LocalCheckpoint or Checkpoint.", failure.Message, StringComparison.Ordinal);
    }
}
