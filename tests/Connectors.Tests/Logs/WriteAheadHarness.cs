using System.Collections.Concurrent;
using System.Diagnostics;
using Millrace.Connectors.Logs;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Tests.Logs;

/// <summary>The directory of a write-ahead log, and the processes that had it, one after the other.</summary>
internal sealed class WriteAheadHarness : IDisposable
{
    public static LogWriterOptions Small { get; } = new() { SegmentBytes = 1 << 10 };

    private readonly string _root;
    private readonly List<IDisposable> _lives = [];
    private int _copies;

    /// <param name="root">Where it goes, a directory to be made. <value>Default null: a temporary one.</value></param>
    public WriteAheadHarness(string? root = null)
    {
        _root = root ?? System.IO.Directory.CreateTempSubdirectory("millrace-").FullName;
        Directory = Path.Combine(_root, "sources", "receiver-0");
    }

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string> Skipped { get; } = new();

    public string Directory { get; private set; }

    public string Partition => Path.Combine(Directory, "partition-0");

    public string[] Segments => [.. System.IO.Directory.GetFiles(Partition, "*.log").Order(StringComparer.Ordinal)];

    public Task OneSegmentIsLeft() => Waiting.For(() => System.IO.Directory.GetFiles(Partition, "*.*").Count(file => Path.GetExtension(file) != ".lock") == 2, "segments to be removed");

    /// <summary>What a reader is given that goes on at <paramref name="committed"/>.</summary>
    public SplitContext Context(long committed = 0) =>
        new(new PartitionId(0), 1, Skipped.Enqueue, Warnings.Enqueue, committed, Storage: new SplitStorage(Directory, new CodecCatalog()));

    /// <summary>Another writer, so that no process gets the log before it is disposed of.</summary>
    public LogWriter Occupy() => LogStore.Create(Directory, 1).OpenWriter(0);

    /// <summary>A process that has the log, and goes on where the ones before it had come.</summary>
    public WriteAheadLife<T> Live<T>(SplitProgress? progress = null, LogWriterOptions? options = null)
    {
        var life = new WriteAheadLife<T>(Context(progress?.Committed ?? 0), progress, options);
        _lives.Add(life);
        return life;
    }

    public WriteAheadLife<string> Live(SplitProgress? progress = null, LogWriterOptions? options = null) => Live<string>(progress, options);

    /// <summary>Goes to a copy of what is on disk now, which is what a kill at this moment leaves.</summary>
    public void Kill()
    {
        var copy = Path.Combine(_root, $"killed-{++_copies}", "receiver-0");
        foreach (var file in System.IO.Directory.GetFiles(Directory, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) != ".lock"))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Directory, file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        Directory = copy;
    }

    public void Dispose()
    {
        _lives.ForEach(life => life.Dispose());
        // What was disposed of closes its files a little later.
        for (var clock = Stopwatch.StartNew(); System.IO.Directory.Exists(_root);)
        {
            try
            {
                System.IO.Directory.Delete(_root, recursive: true);
            }
            catch (IOException) when (clock.Elapsed < Waiting.Timeout)
            {
                Thread.Yield();
            }
        }
    }
}
