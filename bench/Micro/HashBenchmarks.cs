using BenchmarkDotNet.Attributes;
using Millrace.Data;

namespace Millrace.Bench.Micro;

/// <summary>The stable hash of keys; per key.</summary>
public class HashBenchmarks
{
    private const int Keys = 1024;

    private readonly long[] _numbers = [.. Enumerable.Range(0, Keys).Select(key => key * 7919L)];
    private readonly string[] _words = [.. Enumerable.Range(0, Keys).Select(key => $"word{key * 7919}")];
    private readonly (string, int)[] _tuples = [.. Enumerable.Range(0, Keys).Select(key => ($"word{key}", key))];
    private readonly ulong[] _hashes = new ulong[Keys];

    [Benchmark(OperationsPerInvoke = Keys)]
    public void Numbers() => KeyType.Of<long>().HashAll(_numbers, _hashes);

    [Benchmark(OperationsPerInvoke = Keys)]
    public void Words() => KeyType.Of<string>().HashAll(_words, _hashes);

    [Benchmark(OperationsPerInvoke = Keys)]
    public void Tuples() => KeyType.Of<(string, int)>().HashAll(_tuples, _hashes);
}
