using System.Text;
using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Logs;

/// <summary>A log of its own, with readers and writers on it.</summary>
internal sealed class LogHarness : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("millrace-").FullName;
    private readonly List<IDisposable> _open = [];

    public LogHarness(int partitions = 1) => Store = LogStore.Create(Path.Combine(_root, "log"), partitions);

    public LogStore Store { get; }

    public string Partition => Path.Combine(Store.Path, "partition-0");

    /// <summary>The segment files in order.</summary>
    public string[] Segments => [.. Directory.GetFiles(Partition, "*.log").Order(StringComparer.Ordinal)];

    public LogWriter Write(LogWriterOptions? options = null)
    {
        var writer = Store.OpenWriter(0, options);
        _open.Add(writer);
        return writer;
    }

    /// <summary>Writes the records <c>r0 … r(count-1)</c>, or those that follow, flushes and closes.</summary>
    public void Fill(int count, LogWriterOptions? options = null)
    {
        using var writer = Store.OpenWriter(0, options);
        Append(writer, count);
    }

    public static void Append(LogWriter writer, int count)
    {
        for (var record = 0; record < count; record++)
            writer.Append(Encoding.UTF8.GetBytes($"r{writer.End}"));
        writer.Flush(durable: false);
    }

    public ISplitReader<string> Read(string? reader = null) => Read(LogFormat.Text, reader);

    public ISplitReader<T> Read<T>(Func<ReadOnlySpan<byte>, T> format, string? reader = null)
    {
        var source = new LogSource<T>(Store.Path, format, new() { Reader = reader });
        var split = source.Open(new SplitContext(new PartitionId(0), source.Splits!.Value, _ => { }));
        _open.Add(split);
        return split;
    }

    public static long Poll<T>(ISplitReader<T> reader) => reader.Poll(new Epoch(1), 0);

    public static List<T> Take<T>(ISplitReader<T> reader, long from, long to)
    {
        var rows = new List<T>();
        while (from < to)
        {
            var batch = reader.Read(from, to, out var next);
            Assert.True(next > from, "a step moves on");
            from = next;
            if (batch is null)
                continue;
            Assert.InRange(batch.Count, 1, Batch<T>.FullSize);
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        return rows;
    }

    public static IEnumerable<string> Records(int from, int to) => Enumerable.Range(from, to - from).Select(record => $"r{record}");

    public void Dispose()
    {
        _open.ForEach(open => open.Dispose());
        Directory.Delete(_root, recursive: true);
    }
}
