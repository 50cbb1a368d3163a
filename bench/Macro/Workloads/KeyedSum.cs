namespace Millrace.Bench.Macro.Workloads;

/// <summary>W5: running sum per key over a wide key space.</summary>
internal static class KeyedSum
{
    public const int DistinctKeys = 1_000_000;

    private const int PoolPairs = 8_000_000;
    private const int ValueMax = 1_000;

    public static Workload<KeyValue> Workload { get; } = new(
        "w5", $"wide state: running sum per key; (key, value) pairs, {DistinctKeys} distinct 64-bit keys, uniform", Generate, Expected);

    /// <summary>Each key once in random order, so that all of them occur, then uniform draws.</summary>
    private static Input<KeyValue> Generate()
    {
        var random = new XorShift(44);
        var pairs = new KeyValue[PoolPairs];
        for (var i = 0; i < pairs.Length; i++)
        {
            var number = i < DistinctKeys ? i : random.Next(DistinctKeys);
            pairs[i] = new KeyValue(Key(number), random.Next(ValueMax));
        }

        for (var i = DistinctKeys - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (pairs[i], pairs[j]) = (pairs[j], pairs[i]);
        }

        return new Input<KeyValue>(pairs, sizeBytes: 16L * PoolPairs, batchCount: 1);
    }

    /// <summary>The n-th key: splitmix64's finalizer, a bijection, so keys are distinct and look random.</summary>
    private static long Key(int number)
    {
        var z = (ulong)(number + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (long)(z ^ (z >> 31));
    }

    private static ulong Expected(Input<KeyValue> input, ResultKind kind)
    {
        var numbers = new Dictionary<long, int>(DistinctKeys);
        var hashes = new ulong[DistinctKeys];
        for (var number = 0; number < DistinctKeys; number++)
        {
            numbers.Add(Key(number), number);
            hashes[number] = ResultChecksum.Hash(Key(number));
        }

        var pairs = input.Pool;
        var entries = Array.ConvertAll(pairs, pair => numbers[pair.Key]);
        return RunningSums.Checksum(hashes, entries, i => pairs[i].Value, Input<KeyValue>.BatchSize, input.BatchCount, kind);
    }
}
