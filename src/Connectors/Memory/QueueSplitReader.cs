using Millrace.Data;

namespace Millrace.Connectors.Memory;

/// <summary>One split of a <see cref="QueueSource{T}"/>. Offsets count the split's rows.</summary>
internal sealed class QueueSplitReader<T>(QueueLog<T> log, SplitContext context) : ISplitReader<T>
{
    private readonly int _split = context.Split.Number;
    private readonly int _splits = context.Splits;
    private readonly List<Segment> _segments = [];
    private long _arrays = log.FirstOf(context.Split.Number, context.Splits);
    private long _end;
    private int _current;

    private sealed record Segment(T[] Rows, int Start, int Count, long FirstOffset, long ArrayNumber);

    /// <inheritdoc/>
    public bool IsFinished => log.IsFinished;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        if (log.Poll(epoch.Number, _split, context.ShowsEmptyEpochs) > _arrays)
        {
            foreach (var rows in log.From(_arrays))
            {
                var start = (int)((long)rows.Length * _split / _splits);
                var count = (int)((long)rows.Length * (_split + 1) / _splits) - start;
                _segments.Add(new(rows, start, count, _end, _arrays++));
                _end += count;
            }
        }

        return _end;
    }

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        var segment = Find(from);
        var skipped = (int)(from - segment.FirstOffset);
        var count = (int)Math.Min(Math.Min(segment.Count - skipped, to - from), Batch<T>.FullSize);
        next = from + count;
        return Batch<T>.View(segment.Rows, segment.Start + skipped, count);
    }

    /// <inheritdoc/>
    public void Release(long offset)
    {
        var done = _segments.FindIndex(segment => segment.FirstOffset + segment.Count > offset);
        if (done < 0)
            done = _segments.Count;
        if (done == 0)
            return;
        log.Release(_split, _splits, _segments[done - 1].ArrayNumber + 1);
        _segments.RemoveRange(0, done);
        _current = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Segment Find(long offset)
    {
        if (_current >= _segments.Count || offset < _segments[_current].FirstOffset)
            _current = 0;
        while (offset >= _segments[_current].FirstOffset + _segments[_current].Count)
            _current++;
        return _segments[_current];
    }
}
