using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Millrace.Connectors.Files;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A directory of its own, and readers on it with what they counted and warned of.</summary>
internal sealed class DirectoryHarness : IDisposable
{
    /// <summary>When the first epoch is planned, unless a test says otherwise.</summary>
    public const long StartMs = 1_000_000_000_000;

    private readonly List<IDisposable> _readers = [];

    /// <param name="parent">Where to make it; null for the temporary files' place.</param>
    public DirectoryHarness(string? parent = null)
    {
        Root = parent is null ? Directory.CreateTempSubdirectory("millrace-").FullName : Path.Combine(parent, $"millrace-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Watched);
    }

    public string Root { get; }

    public ConcurrentDictionary<string, int> Skipped { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>Where the directory under test is.</summary>
    public string Watched => Path.Combine(Root, "in");

    public ISplitReader<string> OpenText(DirectorySourceOptions? options = null, int split = 0, int splits = 1, LineFormat? format = null) =>
        Open(format ?? new LineFormat(), options, split, splits);

    public ISplitReader<T> Open<T>(IFileFormat<T> format, DirectorySourceOptions? options = null, int split = 0, int splits = 1, long first = 0)
    {
        var source = new DirectorySource<T>(Watched, format, options);
        var reader = source.Open(new SplitContext(
            new PartitionId(split), splits, reason => Skipped.AddOrUpdate(reason, 1, (_, count) => count + 1), Warnings.Enqueue, first));
        _readers.Add(reader);
        return reader;
    }

    /// <summary>A reader as it is opened after a restart.</summary>
    public ISplitReader<string> Resume(SplitProgress progress, DirectorySourceOptions? options = null)
    {
        var reader = Open(new LineFormat(), options, first: progress.Committed);
        reader.Resume(progress);
        return reader;
    }

    public string Write(string name, string text, long modifiedMs = StartMs) => Write(name, Encoding.UTF8.GetBytes(text), modifiedMs);

    public string Write(string name, byte[] bytes, long modifiedMs = StartMs)
    {
        var path = Path.Combine(Watched, name);
        File.WriteAllBytes(path, bytes);
        Touch(path, modifiedMs);
        return path;
    }

    public static void Touch(string path, long modifiedMs) =>
        File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeMilliseconds(modifiedMs).UtcDateTime);

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    public static long Poll<T>(ISplitReader<T> reader, long epoch, long nowMs = StartMs) => reader.Poll(new Epoch(epoch), nowMs);

    public static List<T> Read<T>(ISplitReader<T> reader, long from, long to)
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

        Assert.Equal(to, from);
        return rows;
    }

    public static SourceFailedException Fails(Action act)
    {
        var error = Assert.Throws<SourceFailedException>(act);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    public void Dispose()
    {
        _readers.ForEach(reader => reader.Dispose());
        Directory.Delete(Root, recursive: true);
    }
}
