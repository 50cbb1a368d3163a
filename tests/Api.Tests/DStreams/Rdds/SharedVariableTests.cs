using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Broadcast values and accumulators.</summary>
public sealed class SharedVariableTests
{
    [Fact]
    public void A_broadcast_value_is_read_until_it_is_destroyed()
    {
        var words = new Broadcast<HashSet<string>>(["a", "b"]);
        var found = Datasets.Of(["a"], ["c", "b"]).Filter(word => words.Value.Contains(word));

        words.Unpersist();
        Assert.Equal(["a", "b"], found.Collect());

        words.Destroy();
        Assert.Contains("was destroyed", Assert.Throws<GraphException>(() => words.Value).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(words.Unpersist);
        Assert.Throws<GraphException>(words.Destroy);
        Assert.Throws<GraphException>(() => found.Collect());
    }

    [Fact]
    public void Accumulators_add_from_many_threads()
    {
        var (sum, mean, all) = (new LongAccumulator("rows"), new DoubleAccumulator(), new CollectionAccumulator<int>());

        Rdd.Parallelize(Enumerable.Range(1, 10_000), 8).ForeachPartition(rows =>
        {
            foreach (var row in rows)
            {
                sum.Add(row);
                mean.Add(row / 2.0);
                all.Add(row);
            }
        });

        Assert.Equal((50_005_000, 10_000, 5000.5), (sum.Value, sum.Count, sum.Avg));
        Assert.Equal((25_002_500.0, 2500.25), (mean.Sum, mean.Avg));
        Assert.Equal(Enumerable.Range(1, 10_000), all.Value.Order());
        Assert.Equal("rows: 50005000", sum.ToString());
    }

    [Fact]
    public void Accumulators_are_reset()
    {
        var (sum, all) = (new LongAccumulator(), new CollectionAccumulator<string>("words"));
        Assert.True(sum.IsZero && all.IsZero && double.IsNaN(sum.Avg));
        sum.Add(0);
        all.Add("a");
        Assert.False(sum.IsZero || all.IsZero);

        sum.Reset();
        all.Reset();

        Assert.True(sum.IsZero && all.IsZero);
        Assert.Equal((0, 0, "words"), (sum.Value, all.Value.Count, all.Name));
    }

    [Fact]
    public void What_a_partition_added_before_it_threw_is_left_out()
    {
        var (sum, all) = (new LongAccumulator(), new CollectionAccumulator<int>());

        Assert.Throws<Data.UserFunctionException>(() => Datasets.Of([1, 2], [3, 0]).ForeachPartition(rows =>
        {
            foreach (var row in rows)
            {
                sum.Add(row);
                all.Add(6 / row);
            }
        }));

        Assert.Equal(3, sum.Value);
        Assert.Equal([6, 3], all.Value);
    }

    [Fact]
    public void A_transformation_that_is_computed_again_adds_again()
    {
        var calls = new LongAccumulator();
        var rows = Datasets.Of([1, 2], [3]).Map(row =>
        {
            calls.Add(1);
            return row;
        });

        rows.Count();
        rows.Count();
        Assert.Equal(6, calls.Value);

        rows.Cache().Count();
        rows.Count();
        Assert.Equal(9, calls.Value);
    }
}
