using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Writes rows to files of a directory, so that whoever follows its manifest sees each exactly once.</summary>
/// <remarks>
/// <code>
/// out/part-0-7.txt         rows of partition 0 and epoch 7
/// out/part-0-7-1.txt       more of them, once the first file is large enough
/// out/_millrace/owner      the job and the sink that write here
/// out/_millrace/0/…        the manifest of partition 0
/// </code>
/// <para>A committed epoch's rows are written to temporary files, made durable and renamed; an entry of the manifest, created exclusively, then
/// makes them count. A process that dies before the entry leaves files that nobody counts, and the repetition writes the same names and
/// bytes. Read the directory by <see cref="FileSinkReader"/>; who lists it without the manifest sees each committed epoch too, and now
/// and then files of an epoch a moment before it counts, or temporary ones ending in <c>.tmp</c>.</para>
/// <para>The watermark is the last epoch of the manifest. Where the disk is full or gone for a while, commits wait. The job fails, with one
/// line, where the directory is a file or can't be written, the manifest is another job's or sink's, or the format throws.</para>
/// </remarks>
public sealed class FileSink<T> : ISink<T>
{
    private readonly string _directory;
    private readonly FileSinkFormat<T> _format;
    private readonly FileSinkOptions _options;

    /// <param name="directory">Where to write; made where it is missing.</param>
    /// <param name="format">How to write rows: <see cref="FileSinkFormat.Lines"/>, <see cref="FileSinkFormat.Csv{T}"/> or your own.</param>
    /// <param name="options">How to cut; null for the defaults.</param>
    /// <exception cref="GraphException">The directory is empty, or an option out of its range.</exception>
    public FileSink(string directory, FileSinkFormat<T> format, FileSinkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal))
            throw new GraphException("File sink: the path of a directory expected, none found; give one, as /data/out.");
        _directory = Path.GetFullPath(directory);
        _options = options ?? new();
        _options.Validate(Description);
        _format = format;
    }

    /// <inheritdoc/>
    public string Description => $"files {FilePaths.Printable(_directory)}";

    /// <summary>Idempotent: the files of an epoch have the same names and bytes whoever writes them, and count once.</summary>
    public SinkCapability Capability => SinkCapability.Idempotent;

    /// <summary>Called after each step of a commit, on the thread that does it; what it throws stands for a failure there. For tests.</summary>
    internal Action<FileSinkStep>? AfterStep { get; init; }

    /// <inheritdoc/>
    public ISinkWriter<T> Open(SinkContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new FileSinkWriter<T>(_directory, _format, _options, context, AfterStep);
    }
}
