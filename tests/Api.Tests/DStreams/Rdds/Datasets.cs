using CsCheck;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>RDDs of given partitions, random ones among them.</summary>
internal static class Datasets
{
    private static readonly string?[] Keys = ["a", "b", "c", "ab", null];

    /// <summary>Up to five partitions of up to nine small numbers, many of them equal.</summary>
    public static Gen<int[][]> Numbers { get; } = Gen.Int[-5, 5].Array[0, 9].Array[1, 5];

    /// <summary>Up to five partitions of up to nine pairs of few keys; a key may be null.</summary>
    public static Gen<(string? Key, int Value)[][]> Pairs { get; } =
        Gen.Select(Gen.Int[0, 4].Select(key => Keys[key]), Gen.Int[0, 9]).Array[0, 9].Array[1, 5];

    public static Gen<int> PartitionCounts { get; } = Gen.Int[1, 5];

    /// <summary>An RDD with exactly these partitions.</summary>
    public static Rdd<T> Of<T>(params T[][] partitions) => new(new SourceRecipe<T>("TestRdd", partitions), "test", runner: new LocalRunner(3));

    /// <summary>An RDD with exactly these partitions that counts how often each is computed.</summary>
    public static (Rdd<T> Rdd, int[] Computed) Counting<T>(params T[][] partitions)
    {
        var computed = new int[partitions.Length];
        return (Of(partitions).MapPartitionsWithIndex((partition, rows) =>
        {
            Interlocked.Increment(ref computed[partition]);
            return rows;
        }), computed);
    }

    /// <summary>All rows in order.</summary>
    public static T[] Flat<T>(this T[][] partitions) => [.. partitions.SelectMany(rows => rows)];

    /// <summary>The rows of each partition.</summary>
    public static T[][] Rows<T>(this Rdd<T> rdd) => rdd.Glom().Collect();

    /// <summary>Whether two collections hold the same rows, whatever their order.</summary>
    public static void AssertSame<T>(IEnumerable<T> expected, IEnumerable<T> found) => Assert.Equal(Sorted(expected), Sorted(found));

    private static string[] Sorted<T>(IEnumerable<T> rows) => [.. rows.Select(row => RowText.Spell(row)).Order(StringComparer.Ordinal)];
}
