using BenchmarkDotNet.Attributes;
using Millrace.Serialization;

namespace Millrace.Bench.Micro;

/// <summary>Values written into and read from a checkpoint; per row.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private const int Rows = 4096;

    private readonly Rowset<(long, long)> _pairs = new(row => (row, row * 7919L));
    private readonly Rowset<(string, int)> _counts = new(row => ($"word{row}", row));
    private readonly Rowset<Order> _orders = new(row => new(row, $"customer{row % 100}", row * 0.5, row % 2 == 0, row % 7));

    [Benchmark(OperationsPerInvoke = Rows)]
    public int WritePairs() => _pairs.Write();

    [Benchmark(OperationsPerInvoke = Rows)]
    public (long, long) ReadPairs() => _pairs.Read();

    [Benchmark(OperationsPerInvoke = Rows)]
    public int WriteTextAndCount() => _counts.Write();

    [Benchmark(OperationsPerInvoke = Rows)]
    public (string, int) ReadTextAndCount() => _counts.Read();

    [Benchmark(OperationsPerInvoke = Rows)]
    public int WriteRecords() => _orders.Write();

    [Benchmark(OperationsPerInvoke = Rows)]
    public Order ReadRecords() => _orders.Read();

    /// <summary>A record of five members.</summary>
    public sealed record Order(long Id, string Customer, double Price, bool IsPaid, int? Items);

    private sealed class Rowset<T>
    {
        private static readonly CodecWriter Writer = new(1 << 20);

        private readonly Codec<T> _codec = new CodecCatalog().Of<T>();
        private readonly T[] _rows;
        private readonly byte[] _bytes;

        public Rowset(Func<int, T> make)
        {
            _rows = [.. Enumerable.Range(0, Rows).Select(make)];
            Write();
            _bytes = Writer.ToArray();
        }

        public int Write()
        {
            var writer = Writer;
            writer.Reset();
            foreach (var row in _rows)
                _codec.Write(writer, row);
            return writer.WrittenCount;
        }

        public T Read()
        {
            var reader = new CodecReader(_bytes);
            T last = default!;
            for (var row = 0; row < Rows; row++)
                last = _codec.Read(ref reader);
            return last;
        }
    }
}
