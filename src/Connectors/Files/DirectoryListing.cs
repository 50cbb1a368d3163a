using System.IO.Enumeration;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Which files of a directory are new, for one split. Remembers what it took or refused, for as long as it could be found again.</summary>
internal sealed class DirectoryListing
{
    internal const string LinkOutside = "link outside the directory";
    internal const string NoRegularFile = "no regular file";
    internal const string UnreadableName = "unreadable name";

    private const string CopyingSuffix = "._COPYING_";
    private const int WarningsMax = 20;

    private const long AheadMsMax = 60_000;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, RecurseSubdirectories = false };

    private readonly string _source;
    private readonly string _directory;
    private readonly DirectorySourceOptions _options;
    private readonly SplitContext _context;
    private readonly TimeProvider _clock;
    private long _nowMs;
    private long _presentMs;
    private bool _isBegun;
    private bool _isAway;
    private int _warnings;

    private readonly record struct Entry(string Name, long ModifiedMs, long SizeBytes, bool IsLink, bool IsUnreadable);

    /// <exception cref="SourceFailedException">The directory does not exist, is a file, or can't be listed.</exception>
    public DirectoryListing(string source, string directory, DirectorySourceOptions options, SplitContext context, TimeProvider clock)
    {
        (_source, _directory, _options, _context, _clock) = (source, directory, options, context, clock);
        Memory = new((long)options.RememberWindow.TotalMilliseconds, context.FirstOffset);
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(directory, "*", Everything).GetEnumerator();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SourceFailedException($"Source {source}: {Reason(cause)}, a directory expected; {(File.Exists(directory) ? "" : "make it, or ")}correct the path.", cause);
        }
    }

    /// <summary>What was seen.</summary>
    public DirectoryMemory Memory { get; }

    /// <summary>The files that are new at the planned time, empty ones left out, in order of modification time and name.</summary>
    public List<FoundFile> Take(long nowMs)
    {
        var windowMs = (long)_options.RememberWindow.TotalMilliseconds;
        // Why from the last listing and not from now: a pause longer than the window loses no file.
        var startMs = Memory.ListedMs is { } listed ? listed - windowMs : long.MinValue;
        if (!_isBegun)
            startMs = Math.Max(startMs, FirstThresholdMs(nowMs - windowMs));
        Memory.ThresholdMs = Math.Max(Memory.ThresholdMs, startMs);
        (_isBegun, _nowMs, _presentMs, _warnings) = (true, nowMs, ToMs(_clock.GetUtcNow()), 0);
        Memory.Forget();
        if (!TryList(out var entries))
            return [];
        Memory.ListedMs = Math.Max(Memory.ListedMs ?? long.MinValue, nowMs);
        var files = new List<FoundFile>(entries.Count);
        foreach (var entry in entries)
        {
            if (Accept(entry) is { } file)
                files.Add(file);
        }

        if (_warnings > WarningsMax)
            _context.Warn?.Invoke($"Source {_source}: {_warnings - WarningsMax} more files are ignored");
        SortByTime(files);
        return files;
    }

    /// <summary>The files of a planned range, as a reader before this one had taken them; takes over what it knew.</summary>
    /// <param name="description">What it said of the range.</param>
    /// <param name="end">The offset behind the range.</param>
    public List<FoundFile> TakeAgain(string description, long end)
    {
        var state = Learn(description, end);
        var files = new List<FoundFile>(state.Files.Count);
        foreach (var file in state.Files)
        {
            if (file.SizeBytes > 0)
                files.Add(new(file.Name, Locate(file.Name), file.ModifiedMs, file.SizeBytes));
        }

        SortByTime(files);
        return files;
    }

    /// <summary>Takes over what a reader before this one knew at an offset.</summary>
    /// <exception cref="SourceFailedException">It is no text of such a reader.</exception>
    public DirectoryState Learn(string position, long end)
    {
        try
        {
            var state = DirectoryState.Parse(position);
            Memory.Learn(state, end);
            // Why: NewerThan is of the first start; files that came while nothing ran are newer than that.
            _isBegun = true;
            return state;
        }
        catch (FormatException cause)
        {
            throw new SourceFailedException($"Source {_source}: the checkpoint's list of files can't be read at offset {end}: {cause.Message}; it was written by another version, or is damaged.", cause);
        }
    }

    private string Reason(Exception cause) => cause switch
    {
        IOException when File.Exists(_directory) => "it is a file",
        DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException => "no permission to list it",
        _ => FilePaths.Printable(cause.Message),
    };

    private static void SortByTime(List<FoundFile> files) => files.Sort(static (left, right) => left.ModifiedMs != right.ModifiedMs
        ? left.ModifiedMs.CompareTo(right.ModifiedMs)
        : string.CompareOrdinal(left.Name, right.Name));

    private static long ToMs(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();

    private long FirstThresholdMs(long windowStartMs)
    {
        if (!_options.NewFilesOnly)
            return long.MinValue;
        return _options.NewerThan is { } moment ? ToMs(moment) : windowStartMs;
    }

    private bool TryList(out List<Entry> entries)
    {
        entries = [];
        try
        {
            entries.AddRange(new FileSystemEnumerable<Entry>(_directory, Read, Everything) { ShouldIncludePredicate = MayBeNew });
            _isAway = false;
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Why once: it is asked for again with every epoch.
            if (!_isAway && _context.Split.Number == 0)
                _context.Warn?.Invoke($"Source {_source}: {Reason(cause)}; no files come until it is back");
            _isAway = true;
            return false;
        }
    }

    /// <summary>What can be said without a text for the name: there may be a hundred thousand old files.</summary>
    private bool MayBeNew(ref FileSystemEntry entry)
    {
        var name = entry.FileName;
        if (name.StartsWith('.') || name.EndsWith(CopyingSuffix, StringComparison.Ordinal) || entry.IsDirectory)
            return false;
        if (_context.Splits > 1 && (int)(StableHash.OfText(name) % (uint)_context.Splits) != _context.Split.Number)
            return false;
        if (!IsUnreadable(name, ref entry))
        {
            var modifiedMs = ToMs(entry.LastWriteTimeUtc);
            // Why not what is much later than the present: it is by another clock, and its time may never come. A test's clock stands still in 1970.
            var isOfLaterEpoch = modifiedMs > _nowMs && modifiedMs <= _presentMs + AheadMsMax;
            if (modifiedMs <= Memory.ThresholdMs || isOfLaterEpoch)
                return false;
        }

        return !Memory.Contains(name);
    }

    private static Entry Read(ref FileSystemEntry entry) => new(
        entry.FileName.ToString(),
        ToMs(entry.LastWriteTimeUtc),
        entry.Length,
        entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        IsUnreadable(entry.FileName, ref entry));

    /// <summary>A name that is not UTF-8 comes with U+FFFD in it, and leads to no file.</summary>
    private static bool IsUnreadable(ReadOnlySpan<char> name, ref FileSystemEntry entry) => name.Contains('\uFFFD') && !File.Exists(entry.ToFullPath());

    private FoundFile? Accept(Entry entry)
    {
        var path = Path.Combine(_directory, entry.Name);
        if (entry.IsUnreadable)
        {
            Refuse(entry.Name, long.MaxValue, UnreadableName, "its name is not UTF-8");
            return null;
        }

        if (!MayTake(path))
            return null;
        var sizeBytes = entry.SizeBytes;
        if (entry.IsLink)
        {
            if (FollowLink(path) is not { } target)
            {
                Refuse(entry.Name, entry.ModifiedMs, LinkOutside, "it is a link that leads outside the directory, or nowhere");
                return null;
            }

            path = target.FullName;
            sizeBytes = target.Length;
        }

        if (sizeBytes == 0 && FilePaths.IsSpecial(path))
        {
            Refuse(entry.Name, entry.ModifiedMs, NoRegularFile, "it is a FIFO, a socket or a device");
            return null;
        }

        Memory.Add(new(entry.Name, entry.ModifiedMs, sizeBytes));
        return sizeBytes > 0 ? new(entry.Name, path, entry.ModifiedMs, sizeBytes) : null;
    }

    private bool MayTake(string path)
    {
        try
        {
            return _options.Filter is not { } filter || filter(path);
        }
        catch (Exception cause)
        {
            throw new SourceFailedException(
                $"Source {_source}: the filter threw {cause.GetType().Name} on {FilePaths.Printable(path)}: {FilePaths.Printable(cause.Message)}", cause);
        }
    }

    /// <summary>Where the bytes of a file are that was taken. Where it is gone, or leads outside by now, its reader says so.</summary>
    private string Locate(string name)
    {
        var path = Path.Combine(_directory, name);
        return new FileInfo(path).LinkTarget is not null && FollowLink(path) is { } target ? target.FullName : path;
    }

    /// <summary>Where the link leads; null where that is not a file within the directory.</summary>
    private FileInfo? FollowLink(string path)
    {
        if (FilePaths.Resolve(path) is not { } target || FilePaths.Resolve(_directory) is not { } root)
            return null;
        var isInside = target.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        // Why kept: whether it exists and its size are then of one moment.
        var file = new FileInfo(target);
        return isInside && file.Exists ? file : null;
    }

    private void Refuse(string name, long modifiedMs, string reason, string because)
    {
        Memory.Add(new(name, modifiedMs, 0));
        _context.RecordSkipped(reason);
        if (++_warnings <= WarningsMax)
            _context.Warn?.Invoke($"Source {_source}: file {FilePaths.Printable(name)} is ignored: {because}");
    }
}
