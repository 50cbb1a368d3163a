using CsCheck;
using Millrace.Operators.Stateless;
using Millrace.Testing;

namespace Millrace.Operators;

/// <summary>Batches of a stream the naive way: one array an epoch, and the windows over them.</summary>
internal static class Batches
{
    private static readonly string?[] Known = [null, "", "a", "b", "c"];

    /// <summary>Keys that repeat, among them null.</summary>
    public static Gen<string?> Keys { get; } = Gen.Int[0, 4].Select(key => Known[key]);

    /// <summary>Batches of rows by key, some of them empty.</summary>
    public static Gen<(string? Key, int Value)[][]> Pairs { get; } = Gen.Select(Keys, Gen.Int[-2, 3]).Array[0, 5].Array[1, 14];

    /// <summary>Window and slide in batches.</summary>
    public static Gen<(int Window, int Slide)> Windows { get; } = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6]);

    /// <summary>The rows of the last batches at a slide, oldest first.</summary>
    public static T[] Window<T>(T[][] batches, int dueBatch, int windowBatches) =>
        [.. batches[Math.Max(0, dueBatch - windowBatches)..dueBatch].SelectMany(rows => rows)];

    /// <summary>Feeds each batch in an epoch of its own, in two pieces where there are two rows, and says what is expected after it.</summary>
    public static void Play<T>(this OperatorHarness harness, T[][] batches, Action<int> expect)
    {
        for (var batch = 1; batch <= batches.Length; batch++)
        {
            var rows = batches[batch - 1];
            harness.Feed(rows[..(rows.Length / 2)]).Feed(rows[(rows.Length / 2)..]).EndEpoch();
            expect(batch);
        }

        harness.Run();
    }

    /// <summary>Shows lists as text, for comparison: <c>1,2</c>.</summary>
    public static OperatorHarness Shown<TKey, TValue>(this OperatorHarness harness) =>
        harness.Then(() => new MapOperator<(TKey Key, IReadOnlyList<TValue> Values), (TKey, string)>(row => (row.Key, string.Join(',', row.Values))));
}
