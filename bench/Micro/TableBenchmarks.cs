using BenchmarkDotNet.Attributes;
using Millrace.State;

namespace Millrace.Bench.Micro;

/// <summary>Merging pairs into a value table with undo, an epoch per 100,000 rows; per row. The baseline is a dictionary without undo.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private const int Rows = 100_000;
    private const int BatchRows = 1000;

    private (long Key, long Value)[] _rows = [];
    private ValueTable<long, long> _table = null!;
    private Dictionary<long, long> _dictionary = [];
    private long _epoch;

    [Params(10_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _rows = [.. Enumerable.Range(0, Rows * 10).Select(_ => ((long)random.Next(Keys) * 7919, 1L))];
        _table = ValueTable.Create<long, long>("sums");
        _dictionary = [];
        for (var pass = 0; pass < 10; pass++)
            Merge();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows)]
    public void Dictionary()
    {
        foreach (var (key, value) in Next())
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_dictionary, key, out _) += value;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Merge()
    {
        var rows = Next();
        _table.BeginEpoch(++_epoch);
        for (var first = 0; first < rows.Length; first += BatchRows)
            _table.Merge(rows.Slice(first, BatchRows), static (left, right) => left + right);
        _table.Commit(_epoch - 2);
    }

    private ReadOnlySpan<(long Key, long Value)> Next() => _rows.AsSpan((int)(_epoch % 10) * Rows, Rows);
}
