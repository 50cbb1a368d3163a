using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>The files that appear in a directory, as Spark's <c>fileStream</c>, <c>textFileStream</c> and <c>binaryRecordsStream</c>.</summary>
/// <remarks>
/// <para>Each epoch lists the directory at its planned time and takes the files that are new: modified after the ignore threshold and
/// not after the planned time, and not taken before. One modified more than a minute after the present is by a clock that is ahead, and taken as well. The threshold is <see cref="DirectorySourceOptions.RememberWindow"/> before the last
/// listing; <see cref="DirectorySourceOptions.NewFilesOnly"/> sets the first. Files of an epoch are read in order of modification
/// time and name. Files must be moved in whole and never change: a file is read up to the size it had when it was taken, and an empty one
/// gives nothing. Subdirectories are not looked into. Listing and reading, chunk by chunk, happen on the task's thread.</para>
/// <para>Ignored, with a warning and a count: a symbolic link that leads outside the directory or nowhere, a FIFO, socket or device, a name that
/// is not UTF-8. A directory that vanishes is warned of once and gives no files until it is back. The job fails, with a
/// <see cref="SourceFailedException"/>, where the directory is missing at the start, or a taken file has vanished, shrunk or can't be read.</para>
/// <para>An epoch that runs again reads the same files up to the same size, in another process too: its plan names them, and the checkpoint holds
/// the names taken within the window. Files that came while no process ran belong to the first epochs afterwards, whatever
/// <see cref="DirectorySourceOptions.NewerThan"/> says; leave files where they are until their epoch has committed.</para>
/// </remarks>
public sealed class DirectorySource<T> : ISource<T>
{
    private readonly string _directory;
    private readonly IFileFormat<T> _format;
    private readonly DirectorySourceOptions _options;
    private readonly TimeProvider _clock;

    /// <param name="directory">The directory to watch; it must exist when the job starts.</param>
    /// <param name="format">What the files hold: <see cref="LineFormat"/>, <see cref="FixedLengthFormat"/>, or your own.</param>
    /// <param name="options">Which files to take; null for the defaults.</param>
    /// <param name="timeProvider">The clock that planned times are of; null for the system's.</param>
    /// <exception cref="GraphException">The directory is empty, or an option out of its range.</exception>
    public DirectorySource(string directory, IFileFormat<T> format, DirectorySourceOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal))
            throw new GraphException("Directory source: the path of a directory expected, none found; give one, as /data/in.");
        Description = $"directory {FilePaths.Printable(directory)}";
        _options = options ?? new();
        _options.Validate(Description);
        (_directory, _format, _clock) = (Path.GetFullPath(directory), format, timeProvider ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <summary>Any number: files go to splits by their names.</summary>
    public int? Splits => null;

    /// <inheritdoc/>
    /// <exception cref="SourceFailedException">The directory does not exist, is a file, or can't be listed.</exception>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var listing = new DirectoryListing(Description, _directory, _options, context, _clock);
        return new DirectoryReader<T>(listing, new FileCursor<T>(Description, _format, context.RecordSkipped), _format, Description, context.FirstOffset);
    }
}
