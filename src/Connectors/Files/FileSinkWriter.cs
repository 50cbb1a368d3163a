using System.Collections.Immutable;
using System.Text;
using Millrace.Connectors.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Writes one partition of a <see cref="FileSink{T}"/>.</summary>
internal sealed class FileSinkWriter<T>(
    string directory, FileSinkFormat<T> format, FileSinkOptions options, SinkContext context, Action<FileSinkStep>? afterStep)
    : PooledSinkWriter<T>(TimeProvider.System)
{
    private const int ReadOnlyFileSystem = 30;

    // Held for a whole try: the runtime asks for the watermark between tries, never during one.
    private readonly Lock _lock = new();
    private FileSinkManifest? _manifest;

    /// <inheritdoc/>
    /// <exception cref="TransientFaultException">The disk does not answer.</exception>
    /// <exception cref="JobFailedException">The directory can't be written, or is another's.</exception>
    public override long? ReadWatermark()
    {
        lock (_lock)
        {
            try
            {
                var manifest = Manifest();
                manifest.Refresh();
                return manifest.Watermark;
            }
            catch (Exception error)
            {
                throw IsTransient(error) ? new TransientFaultException(Explanation(error), error) : Explain(error);
            }
        }
    }

    /// <inheritdoc/>
    protected override Task<(SinkOutcome Outcome, long Watermark)> Write(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        lock (_lock)
        {
            var manifest = Manifest();
            manifest.Refresh();
            afterStep?.Invoke(FileSinkStep.ManifestRead);
            var (previous, epoch) = (commit.Previous.Number, commit.Epoch.Epoch.Number);
            if (manifest.Watermark != previous)
                return Task.FromResult((SinkOutcome.Conflict, manifest.Watermark));
            var files = WriteFiles(epoch, rows);
            if (!manifest.TryAppend(new FileSinkEntry(previous, epoch, files)))
            {
                manifest.Refresh();
                return Task.FromResult((SinkOutcome.Conflict, manifest.Watermark));
            }

            afterStep?.Invoke(FileSinkStep.EntryWritten);
            if (manifest.Entries >= options.CompactEvery)
                manifest.Compact(afterStep);
            return Task.FromResult((SinkOutcome.Applied, epoch));
        }
    }

    // What is missing or forbidden stays so; what else a disk says may pass. A missing file is a temporary one that a new owner removed.
    /// <inheritdoc/>
    protected override bool IsTransient(Exception error) => error switch
    {
        FileNotFoundException => _manifest is not null,
        DirectoryNotFoundException or PathTooLongException or { HResult: ReadOnlyFileSystem } => false,
        _ => error is TransientFaultException or IOException,
    };

    /// <inheritdoc/>
    protected override Exception Explain(Exception error) => error as MillraceException ?? new JobFailedException(Explanation(error), error);

    /// <inheritdoc/>
    protected override void Close()
    {
    }

    // Why without the error's own text where the disk is full: it names another temporary file each time.
    private string Explanation(Exception error) => DurableFiles.IsDiskFull(error)
        ? $"Files {FilePaths.Printable(directory)}: its disk is full; it goes on when space is free"
        : $"Files {FilePaths.Printable(directory)}, partition {context.Partition}: a directory to write expected: {error.Message.ReplaceLineEndings(" ")}";

    private FileSinkManifest Manifest()
    {
        if (_manifest is not null)
            return _manifest;
        for (var path = directory; path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
                throw new JobFailedException($"Files {FilePaths.Printable(directory)}: a directory expected, a file found at {FilePaths.Printable(path)}; give another path.");
        }

        var manifest = new FileSinkManifest(directory, context.Partition.Number);
        manifest.Create();
        CheckOwner();
        foreach (var leftover in Directory.EnumerateFiles(directory, $"part-{context.Partition}-*.tmp"))
            File.Delete(leftover);
        manifest.SkipBlocks();
        return _manifest = manifest;
    }

    private void CheckOwner()
    {
        var path = Path.Combine(directory, FileSinkManifest.Directory, "owner");
        var owner = $"job {context.Job.Name}\nsink {context.Operator.Name}\n";
        if (DurableFiles.TryCreate(path, Encoding.UTF8.GetBytes(owner)))
            return;
        var found = File.ReadAllText(path);
        if (found != owner)
            throw new JobFailedException($"Files {FilePaths.Printable(directory)}: a directory of {OneLine(owner)} expected, one of {OneLine(found)} found; give each sink a directory of its own.");
    }

    private static string OneLine(string text) => FilePaths.Printable(text.TrimEnd('\n').ReplaceLineEndings(", "));

    private ImmutableArray<(string Name, long Bytes, long Rows)> WriteFiles(long epoch, IReadOnlyList<Batch<T>> batches)
    {
        using var files = new FileSinkFiles<T>(directory, $"part-{context.Partition}-{epoch}", format, options.FileBytesMax, afterStep);
        foreach (var batch in batches)
        {
            foreach (var row in batch.Rows)
                files.Write(row, context.Operator);
        }

        return files.Finish();
    }
}
