using System.Globalization;
using System.Text;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Logs;

/// <summary>A log on disk: a directory of partitions, each a row of records numbered from 0 that one process appends and others read.</summary>
/// <remarks>
/// <code>
/// log/partitions                                  how many there are, as text
/// log/partition-0/00000000000000000000.log        a segment, named by its first offset, and its .index
/// log/partition-0/00000000000000812345.log        the next one
/// log/partition-0/writer.lock                     held by the one writer while it lives
/// log/partition-0/readers/NAME.offset             up to where a named reader needs nothing any more
/// log/partition-0/complete                        no record follows; the number of records
/// </code>
/// Write it by <see cref="OpenWriter"/>, read it in a job by <see cref="LogSource{T}"/>. Immutable; any number may be open on a directory.
/// </remarks>
public sealed class LogStore
{
    private const int PartitionsMax = 10_000;

    /// <summary>Opens a log that exists.</summary>
    /// <exception cref="LogException">There is none.</exception>
    public LogStore(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Path = System.IO.Path.GetFullPath(directory);
        var file = System.IO.Path.Combine(Path, "partitions");
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions) || partitions is < 1 or > PartitionsMax)
            throw new LogException($"A log expected in {FilePaths.Printable(Path)}, none found; create it by LogStore.Create.");
        Partitions = partitions;
    }

    /// <summary>Its directory.</summary>
    public string Path { get; }

    /// <summary>How many partitions it has; never changes.</summary>
    public int Partitions { get; }

    /// <summary>Creates a log, or opens the one that is there with as many partitions.</summary>
    /// <exception cref="LogException">There is one with another number of partitions, or the directory can't be made.</exception>
    public static LogStore Create(string directory, int partitions)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, PartitionsMax);
        try
        {
            for (var partition = 0; partition < partitions; partition++)
                Directory.CreateDirectory(new LogPartition(directory, partition).Path);
            // Last: once it is there, all is.
            DurableFiles.TryCreate(System.IO.Path.Combine(directory, "partitions"), Encoding.ASCII.GetBytes(partitions.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LogException($"A directory to write expected at {FilePaths.Printable(directory)}: {error.Message}", error);
        }

        var store = new LogStore(directory);
        if (store.Partitions != partitions)
            throw new LogException($"Log {FilePaths.Printable(store.Path)}: {partitions} partitions expected, {store.Partitions} found; the number of an existing log can't be changed.");
        return store;
    }

    /// <summary>Opens the one writer of a partition; a last record that a crash tore is cut off.</summary>
    /// <exception cref="LogException">Another writer is open, the partition is complete, or damaged other than at its end.</exception>
    public LogWriter OpenWriter(int partition, LogWriterOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Partitions);
        return new LogWriter(Partition(partition), options ?? new());
    }

    internal LogPartition Partition(int number) => new(Path, number);
}
