using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>Reads one partition of a log. One cursor looks for the end, another reads.</summary>
internal sealed class LogSplitReader<T>(LogPartition partition, Func<ReadOnlySpan<byte>, T> format, string? name) : ISplitReader<T>
{
    private LogCursor? _end;
    private LogCursor? _next;
    private long? _skippedTo;
    private long _released = -1;
    private long _known;

    /// <inheritdoc/>
    public bool IsFinished { get; private set; }

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs) => Guarded(() =>
    {
        // Before the end is looked for: then nothing can come between the two.
        var completion = partition.ReadCompletion();
        if (_end is null)
        {
            // Says that it is there before anything is deleted that it may need.
            if (name is not null && partition.ReadReleased(name) is null)
                partition.WriteReleased(name, 0);
            _end = LogCursor.AtLast(partition);
        }

        var end = _end?.SkipAll() ?? 0;
        if (end < _known)
            throw new LogException($"{partition.Description}: record {_known} expected as the next, since those before it were read, its end at {end} found; restore the partition from a copy, or begin with an empty checkpoint directory.");
        IsFinished = completion == end;
        return completion is null || end <= completion
            ? end
            : throw new LogException($"{partition.Description}: no record behind its end at {completion} expected, {end - completion} found; restore the partition from a copy.");
    });

    /// <inheritdoc/>
    public void Resume(SplitProgress progress) => _known = progress.Planned is [.., var last] ? last.To : progress.Committed;

    /// <inheritdoc/>
    public Batch<T>? Read(long from, long to, out long next)
    {
        var (batch, end) = Guarded(() => Read(from, to));
        next = end;
        return batch;
    }

    /// <inheritdoc/>
    public void Release(long offset)
    {
        if (name is null || offset <= _released)
            return;
        _released = offset;
        Guarded(() =>
        {
            partition.WriteReleased(name, offset);
            return offset;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end?.Dispose();
        _next?.Dispose();
    }

    private (Batch<T>? Batch, long Next) Read(long from, long to)
    {
        if (from >= to)
            return (null, from);
        if (_next?.Offset != from && !TrySeek(from, to, out var first))
            return (null, first);
        var batch = Batch<T>.Rent((int)Math.Min(to - from, Batch<T>.FullSize));
        try
        {
            for (var count = Math.Min(to - from, Batch<T>.FullSize); count > 0; count--)
                batch.Add(Convert(_next!.Read()));
        }
        catch
        {
            batch.Release();
            _next!.Dispose();
            _next = null;
            throw;
        }

        return (batch, _next!.Offset);
    }

    // What a new job finds deleted is no loss; everybody else was given the records or told that they are there.
    private bool TrySeek(long from, long to, out long first)
    {
        _next?.Dispose();
        _next = LogCursor.At(partition, from, out first);
        if (_next is not null)
            return true;
        if (from != 0 || (_skippedTo ?? first) != first)
            throw new LogException($"{partition.Description}: record {from} expected, {first} found as the oldest; give the source a Reader name, so that the writer keeps what it needs.");
        _skippedTo = first;
        first = Math.Min(first, to);
        return false;
    }

    private T Convert(ReadOnlySpan<byte> record)
    {
        try
        {
            return format(record);
        }
        catch (Exception error)
        {
            throw new LogException($"{partition.Description}, record {_next!.Offset - 1}: the format's function threw {UserText.Of(error)}", error);
        }
    }

    private static TResult Guarded<TResult>(Func<TResult> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (error is LogException or IOException or UnauthorizedAccessException)
        {
            throw new SourceFailedException(error.Message.ReplaceLineEndings(" "), error);
        }
    }
}
