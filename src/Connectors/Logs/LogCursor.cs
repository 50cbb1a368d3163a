namespace Millrace.Connectors.Logs;

/// <summary>A position in a partition that moves from segment to segment.</summary>
internal sealed class LogCursor : IDisposable
{
    private readonly LogPartition _partition;
    private LogSegmentReader _segment;

    private LogCursor(LogPartition partition, long first) => (_partition, _segment) = (partition, new LogSegmentReader(partition, first));

    /// <summary>The offset of the next record.</summary>
    public long Offset => _segment.Offset;

    /// <summary>At a late record of the last segment; null where there is none.</summary>
    public static LogCursor? AtLast(LogPartition partition)
    {
        if (!Directory.Exists(partition.Path) || partition.Segments() is not { Count: > 0 } segments)
            return null;
        var cursor = new LogCursor(partition, segments[^1]);
        cursor._segment.Approach(long.MaxValue);
        return cursor;
    }

    /// <summary>At record <paramref name="offset"/>; null where it was deleted, and then the oldest one that is kept.</summary>
    /// <exception cref="LogException">There is no such record.</exception>
    public static LogCursor? At(LogPartition partition, long offset, out long oldest)
    {
        var segments = partition.Segments();
        oldest = segments.Count == 0 ? 0 : segments[0];
        if (offset < oldest)
            return null;
        var index = segments.BinarySearch(offset);
        var cursor = new LogCursor(partition, segments[index < 0 ? Math.Max(~index - 1, 0) : index]);
        cursor._segment.Approach(offset);
        while (cursor.Offset < offset)
        {
            if (!cursor._segment.TrySkip() && !cursor.TryGoOn())
            {
                cursor.Dispose();
                throw Missing(partition, offset, cursor.Offset);
            }
        }

        return cursor;
    }

    /// <summary>Goes to the end of what is there.</summary>
    /// <returns>The offset behind it.</returns>
    public long SkipAll()
    {
        do
        {
            while (_segment.TrySkip())
            {
            }
        }
        while (TryGoOn());
        return Offset;
    }

    /// <summary>The next record, valid until the next call.</summary>
    /// <exception cref="LogException">It is damaged or missing.</exception>
    public ReadOnlySpan<byte> Read()
    {
        ReadOnlySpan<byte> payload;
        while (!_segment.TryRead(out payload))
        {
            if (!TryGoOn())
                throw Missing(_partition, Offset, Offset);
        }

        return payload;
    }

    public void Dispose() => _segment.Dispose();

    private static LogException Missing(LogPartition partition, long offset, long end) =>
        new($"{partition.Description}: record {offset} expected, its last one found before {end}; restore the partition from a copy.");

    /// <summary>Goes to the next segment where this one is read up to its end; false where there is none, or this one has grown no more.</summary>
    private bool TryGoOn()
    {
        if (!File.Exists(_partition.SegmentPath(Offset)) || Offset == _segment.First)
            return false;
        // A segment begins when the one before it is whole.
        if (_segment.FileBytes != _segment.Position)
            throw _partition.Damaged(_segment.First, _segment.Position, "part of one");
        var next = new LogSegmentReader(_partition, Offset);
        _segment.Dispose();
        _segment = next;
        return true;
    }
}
