using System.Diagnostics;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>Lines received and not yet committed, numbered from 0. One thread appends, another reads and releases; locked once per batch.</summary>
internal sealed class LineLog(long bufferedBytesMax)
{
    private const int BlockLines = 1024;
    private const int LineOverheadBytes = 32;

    private readonly Lock _lock = new();
    private readonly List<Block> _blocks = [];
    private long _released;
    private long _end;
    private long _bufferedBytes;
    private TaskCompletionSource? _room;

    private sealed class Block
    {
        public string?[] Lines { get; } = new string?[BlockLines];

        public long BufferedBytes { get; set; }
    }

    /// <summary>Lines appended so far.</summary>
    public long End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>Memory of the lines held, in bytes.</summary>
    public long BufferedBytes
    {
        get
        {
            lock (_lock)
                return _bufferedBytes;
        }
    }

    private long FirstBlock => _released / BlockLines;

    /// <summary>Takes the lines in any case; the task completes once there is room for more.</summary>
    public Task Append(ReadOnlySpan<string> lines)
    {
        lock (_lock)
        {
            foreach (var line in lines)
                Append(line);
            if (_bufferedBytes < bufferedBytesMax)
                return Task.CompletedTask;
            _room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>At most one full batch from <paramref name="from"/> on, before <paramref name="to"/>; null when the range is empty.</summary>
    public Batch<string>? Read(long from, long to)
    {
        lock (_lock)
        {
            if (from < _released || to > _end || from > to)
                throw new InvalidOperationException($"Lines {from}..{to} asked for, a range within {_released}..{_end} expected: released lines can't be read again.");
            var count = (int)Math.Min(to - from, Batch<string>.FullSize);
            if (count == 0)
                return null;
            var batch = Batch<string>.Rent(count);
            var rows = batch.Extend(count);
            while (rows.Length > 0)
            {
                var start = (int)(from % BlockLines);
                var lines = _blocks[(int)(from / BlockLines - FirstBlock)].Lines.AsSpan(start, Math.Min(rows.Length, BlockLines - start));
                lines.CopyTo(rows!);
                rows = rows[lines.Length..];
                from += lines.Length;
            }

            return batch;
        }
    }

    /// <summary>Forgets the lines before <paramref name="offset"/> and lets the socket go on when there is room again.</summary>
    public void Release(long offset)
    {
        lock (_lock)
        {
            for (offset = Math.Min(offset, _end); _released < offset;)
            {
                var block = _blocks[0];
                var start = (int)(_released % BlockLines);
                var count = (int)Math.Min(offset - _released, BlockLines - start);
                if (start + count == BlockLines)
                {
                    _bufferedBytes -= block.BufferedBytes;
                    _blocks.RemoveAt(0);
                }
                else
                {
                    ReleaseLines(block, start, count);
                }

                _released += count;
            }

            Debug.Assert(_bufferedBytes >= 0, "what was counted when it came is counted when it goes");
            if (_room is null || _bufferedBytes >= bufferedBytesMax)
                return;
            _room.SetResult();
            _room = null;
        }
    }

    private static long BytesOf(string line) => LineOverheadBytes + 2L * line.Length;

    private void Append(string line)
    {
        var index = (int)(_end++ % BlockLines);
        if (index == 0)
            _blocks.Add(new Block());
        var block = _blocks[^1];
        block.Lines[index] = line;
        block.BufferedBytes += BytesOf(line);
        _bufferedBytes += BytesOf(line);
    }

    private void ReleaseLines(Block block, int start, int count)
    {
        foreach (var line in block.Lines.AsSpan(start, count))
        {
            block.BufferedBytes -= BytesOf(line!);
            _bufferedBytes -= BytesOf(line!);
        }

        block.Lines.AsSpan(start, count).Clear();
    }
}
