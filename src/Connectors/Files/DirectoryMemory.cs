namespace Millrace.Connectors.Files;

/// <summary>What a split of a directory has seen, and what it had seen at each offset that is not history yet.</summary>
/// <remarks>
/// A listing ends with <see cref="Mark"/>, which ties what is known to the offset it ended at. A name is kept until no listing after the
/// oldest mark could find it.
/// </remarks>
internal sealed class DirectoryMemory
{
    private readonly long _windowMs;
    private readonly Dictionary<string, (long ModifiedMs, long Mark)> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long ModifiedMs, long Mark)>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<Knowledge> _marks = [];
    private List<SeenFile> _found = [];
    private (string Text, long Version)? _position;

    /// <param name="Number">Counts the marks.</param>
    /// <param name="End">The offset.</param>
    /// <param name="ListedMs">As in <see cref="DirectoryState"/>.</param>
    /// <param name="ThresholdMs">As in <see cref="DirectoryState"/>.</param>
    /// <param name="Found">What was seen since the mark before.</param>
    /// <param name="Version">Changes with what a position has to say.</param>
    /// <param name="DueMs">From when on it changes even if nothing is found.</param>
    private sealed record Knowledge(long Number, long End, long? ListedMs, long ThresholdMs, List<SeenFile> Found, long Version, long DueMs);

    /// <param name="windowMs">How much later than its modification time a file may appear.</param>
    /// <param name="first">The offset at which the split begins.</param>
    public DirectoryMemory(long windowMs, long first)
    {
        _windowMs = windowMs;
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _marks.Add(new(0, first, null, long.MinValue, [], 0, long.MinValue));
    }

    /// <summary>When the directory was last listed; null: never yet.</summary>
    public long? ListedMs { get; set; }

    /// <summary>Files modified at or before it are left alone. It never falls.</summary>
    public long ThresholdMs { get; set; } = long.MinValue;

    /// <summary>The names remembered.</summary>
    public int Count => _names.Count;

    /// <summary>Whether a file of the name was seen, so recently that it could be found again.</summary>
    public bool Contains(ReadOnlySpan<char> name) => _lookup.TryGetValue(name, out var seen) && seen.ModifiedMs > ThresholdMs;

    public void Add(SeenFile file)
    {
        _names[file.Name] = (file.ModifiedMs, _marks[^1].Number + 1);
        _found.Add(file);
    }

    /// <summary>Ends a listing, behind whose files is an offset.</summary>
    public void Mark(long end)
    {
        var last = _marks[^1];
        // Why after a window: names that are too old by then leave the position, and an idle directory writes nothing for as long.
        var isNew = _found.Count > 0 || last.Version == 0 || ListedMs >= last.DueMs;
        var (version, dueMs) = isNew ? (last.Version + 1, ListedMs + _windowMs ?? long.MinValue) : (last.Version, last.DueMs);
        _marks.Add(new(last.Number + 1, end, ListedMs, ThresholdMs, _found, version, dueMs));
        _found = [];
    }

    /// <summary>What was seen behind one offset and up to another.</summary>
    public DirectoryState Between(long from, long to)
    {
        // Why the first with this end: the ones behind it were listings that found nothing to read, which may not have been planned.
        var first = _marks.FindIndex(mark => mark.End >= from);
        var last = _marks.FindLastIndex(mark => mark.End <= to);
        var found = new List<SeenFile>();
        for (var mark = first + 1; mark <= last; mark++)
            found.AddRange(_marks[mark].Found);
        return new(_marks[last].ListedMs, _marks[last].ThresholdMs, found);
    }

    /// <summary>All that was known at an offset, as text; the same object as long as it says the same.</summary>
    public string? PositionAt(long offset)
    {
        var at = _marks.FindLast(mark => mark.End <= offset);
        if (at is null || at.Version == 0)
            return null;
        if (_position is { } known && known.Version == at.Version)
            return known.Text;
        var thresholdMs = NextThresholdMs(at);
        var files = new List<SeenFile>(_names.Count);
        foreach (var (name, (modifiedMs, mark)) in _names)
        {
            if (mark <= at.Number && modifiedMs > thresholdMs)
                files.Add(new(name, modifiedMs, 0));
        }

        var text = new DirectoryState(at.ListedMs, at.ThresholdMs, files).Format();
        _position = (text, at.Version);
        return text;
    }

    /// <summary>Takes over what a position, or a description of a range, says of everything up to an offset.</summary>
    public void Learn(DirectoryState state, long end)
    {
        ListedMs = state.ListedMs > ListedMs || ListedMs is null ? state.ListedMs : ListedMs;
        ThresholdMs = Math.Max(ThresholdMs, state.ThresholdMs);
        foreach (var file in state.Files)
            Add(file);
        Mark(end);
    }

    /// <summary>Everything before an offset is history.</summary>
    public void Release(long offset)
    {
        var kept = _marks.FindLastIndex(mark => mark.End <= offset);
        if (kept > 0)
            _marks.RemoveRange(0, kept);
    }

    /// <summary>Forgets what is too old to be found by any listing to come, here or after a restart.</summary>
    public void Forget()
    {
        var thresholdMs = NextThresholdMs(_marks[0]);
        foreach (var (name, (modifiedMs, _)) in _names)
        {
            if (modifiedMs <= thresholdMs)
                _names.Remove(name);
        }
    }

    /// <summary>The least threshold of the listing behind a mark.</summary>
    private long NextThresholdMs(Knowledge mark) =>
        mark.ListedMs is { } listed ? Math.Max(mark.ThresholdMs, listed - _windowMs) : mark.ThresholdMs;
}
