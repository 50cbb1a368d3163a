using System.Text.RegularExpressions;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>The lineage in Spark's layout; numbers are replaced by their order in the text, last first.</summary>
public sealed partial class LineageTextTests
{
    [Fact]
    public void A_stage_is_led_by_a_bar_and_a_shuffle_begins_another()
    {
        var counts = Rdd.Parallelize(["a b"], 2).FlatMap(line => line.Split(' ')).Map(word => (word, 1)).ReduceByKey((left, right) => left + right, 3);

        Check(
            counts.MapValues(count => count * 2).SetName("doubled"),
            """
            (3) doubled MapPartitionsRdd[4] at mapValues []
             |  ShuffledRdd[3] at reduceByKey []
             +-(2) MapPartitionsRdd[2] at map []
                |  MapPartitionsRdd[1] at flatMap []
                |  ParallelCollectionRdd[0] at parallelize []
            """);
    }

    [Fact]
    public void The_bar_of_a_group_leads_past_its_first_shuffle()
    {
        var left = Rdd.Parallelize([("a", 1)], 10);
        var right = Rdd.Parallelize([("a", 1)], 2).ReduceByKey((x, y) => x + y);

        Check(
            left.Union(left).CoGroup(right, 4),
            """
            (4) CoGroupedRdd[4] at cogroup []
             +-(20) UnionRdd[3] at union []
             |  |   ParallelCollectionRdd[2] at parallelize []
             |  |   ParallelCollectionRdd[2] at parallelize []
             +-(2) ShuffledRdd[1] at reduceByKey []
                +-(2) ParallelCollectionRdd[0] at parallelize []
            """);
    }

    [Fact]
    public void What_is_kept_is_shown_and_a_checkpoint_has_no_parents()
    {
        var rows = Datasets.Of([1], [2], [3]);
        var kept = rows.Map(row => row).Cache();
        Check(kept.Coalesce(2), "(2) CoalescedRdd[2] at coalesce []\n |  MapPartitionsRdd[1] at map [Memory]\n |  TestRdd[0] at test []");

        kept.Take(1);
        Check(kept.Coalesce(2), "(2) CoalescedRdd[2] at coalesce []\n |  MapPartitionsRdd[1] at map [Memory]\n |      CachedPartitions: 1\n |  TestRdd[0] at test []");

        kept.Unpersist().LocalCheckpoint().Count();
        Check(kept.Coalesce(2), "(2) CoalescedRdd[1] at coalesce []\n |  LocalCheckpointRdd[0] at map []");
    }

    [GeneratedRegex(@"\[(\d+)\]")]
    private static partial Regex Number();

    private static void Check(Dataset dataset, string expected)
    {
        var text = dataset.ToDebugString();
        var numbers = Number().Matches(text).Select(match => int.Parse(match.Groups[1].Value)).Distinct().ToList();
        numbers.Reverse();

        Assert.Equal(expected.ReplaceLineEndings("\n"), Number().Replace(text, match => $"[{numbers.IndexOf(int.Parse(match.Groups[1].Value))}]"));
    }
}
