using BenchmarkDotNet.Attributes;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Bench.Micro;

/// <summary>A batch from the pool and back, and rows through an output port; per row.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Rows = 1024;

    private readonly Output<long> _output = new(new Releasing(), null, new OperatorProgress());

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Rent_fill_release()
    {
        var batch = Batch<long>.Rent(Rows);
        for (var row = 0; row < Rows; row++)
            batch.Add(row);
        batch.Release();
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Output_add()
    {
        for (var row = 0; row < Rows; row++)
            _output.Add(row);
        _output.Flush();
    }

    private sealed class Releasing : IInput<long>
    {
        public void OnBatch(Batch<long> batch) => batch.Release();
    }
}
