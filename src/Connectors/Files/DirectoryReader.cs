using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>One split of a <see cref="DirectorySource{T}"/>.</summary>
/// <remarks>
/// Offsets count the bytes of the files taken, one file behind the other. Ranges begin and end between files. Within a file the offset
/// behind a batch is a place from which its decoding goes on, and differs from the true byte by what the decoder holds.
/// <para>After a restart a range's description gives its files, and the position what was seen before them: the planned epochs read the same
/// files, and later ones list what came since the last listing.</para>
/// </remarks>
internal sealed class DirectoryReader<T>(DirectoryListing listing, FileCursor<T> cursor, IFileFormat<T> format, string source, long first) : ISplitReader<T>
{
    private readonly List<TakenFile> _files = [];
    private (long Epoch, long NowMs)? _polled;
    private long _end = first;
    private int _current;

    /// <inheritdoc/>
    public bool IsFinished => false;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        if (_polled == (epoch.Number, nowMs))
            return _end;
        foreach (var found in listing.Take(nowMs))
        {
            format.Check($"{source}, file {FilePaths.Printable(found.Path)}", found.SizeBytes);
            Add(found);
        }

        listing.Memory.Mark(_end);
        _polled = (epoch.Number, nowMs);
        return _end;
    }

    /// <inheritdoc/>
    public string? Describe(long from, long to) => listing.Memory.Between(from, to).Format();

    /// <inheritdoc/>
    public string? PositionAt(long offset) => listing.Memory.PositionAt(offset);

    /// <inheritdoc/>
    /// <exception cref="SourceFailedException">What the reader before said can't be read, or does not fit its offsets.</exception>
    public void Resume(SplitProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (progress.Position is { } position)
            listing.Learn(position, progress.Committed);
        foreach (var range in progress.Planned)
        {
            if (range.Description is { } description)
                listing.TakeAgain(description, range.To).ForEach(Add);
            if (_end != range.To)
                throw new SourceFailedException($"Source {source}: files up to offset {range.To} were planned, the checkpoint's list ends at {_end}; it is damaged.");
        }
    }

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        var file = Find(from);
        if (file.End > to)
            throw new InvalidOperationException($"Range {from}..{to} asked for, one that ends between files expected; the next end is {file.End}.");
        return cursor.Read(file, from, out next);
    }

    /// <inheritdoc/>
    public void Release(long offset)
    {
        listing.Memory.Release(offset);
        var done = _files.FindIndex(file => file.End > offset);
        _files.RemoveRange(0, done < 0 ? _files.Count : done);
        _current = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => cursor.Dispose();

    private void Add(FoundFile found)
    {
        _files.Add(new(found.Path, found.SizeBytes, _end));
        _end += found.SizeBytes;
    }

    private TakenFile Find(long offset)
    {
        if (_current >= _files.Count || offset < _files[_current].First)
            _current = 0;
        while (_current < _files.Count && offset >= _files[_current].End)
            _current++;
        return _current < _files.Count && offset >= _files[_current].First
            ? _files[_current]
            : throw new InvalidOperationException($"Offset {offset} asked for, one of a file that is taken and not released expected.");
    }
}
