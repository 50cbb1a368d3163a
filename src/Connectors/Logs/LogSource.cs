using Millrace.Connectors.Files;
using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>The records of a log on disk, one split for each partition. Offsets are those of the log.</summary>
/// <remarks>
/// <para>Replayable, in another process too, as long as the writer keeps the records: give <see cref="LogSourceOptions.Reader"/> a name, and
/// it does. Another process may append meanwhile; a record is there once it is flushed. The source finishes when every partition is complete
/// (<see cref="LogWriter.Complete"/>) and read.</para>
/// <para>A new job reads from the oldest record that is kept. The job fails, with a <see cref="SourceFailedException"/>, where the log is gone,
/// a record is damaged or was deleted before it was released, the log ends before what was read of it, or the function of the format throws.</para>
/// </remarks>
public sealed class LogSource<T> : ISource<T>
{
    private readonly LogStore _store;
    private readonly Func<ReadOnlySpan<byte>, T> _format;
    private readonly LogSourceOptions _options;

    /// <param name="directory">The log, which must exist: <see cref="LogStore.Create"/>.</param>
    /// <param name="format">Makes a row of a record: <see cref="LogFormat.Text"/>, <see cref="LogFormat.Bytes"/> or a function of your own, which
    /// must give the same row for the same bytes and must not keep them.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="GraphException">There is no log, or an option is out of its range.</exception>
    public LogSource(string directory, Func<ReadOnlySpan<byte>, T> format, LogSourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        (_format, _options) = (format, options ?? new());
        try
        {
            _store = new LogStore(directory);
        }
        catch (LogException error)
        {
            throw new GraphException(error.Message, error);
        }

        Description = $"log {FilePaths.Printable(_store.Path)}";
        _options.Validate(Description);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <summary>As many as the log has partitions.</summary>
    public int? Splits => _store.Partitions;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new LogSplitReader<T>(_store.Partition(context.Split.Number), _format, _options.Reader);
    }
}
