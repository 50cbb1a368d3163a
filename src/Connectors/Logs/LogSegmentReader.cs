using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Connectors.Logs;

/// <summary>Walks over the records of one segment, which may grow meanwhile.</summary>
/// <remarks>A record counts as there once the file is long enough to hold it; whether it is intact is checked when it is read.</remarks>
internal sealed class LogSegmentReader : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly LogPartition _partition;
    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _count;

    /// <exception cref="LogException">The file is missing or not the segment of its name.</exception>
    public LogSegmentReader(LogPartition partition, long first)
    {
        (_partition, First, Offset) = (partition, first, first);
        _file = File.OpenHandle(partition.SegmentPath(first), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[LogLayout.HeaderBytes];
        if (!LogLayout.TryReadHeader(header[..RandomAccess.Read(_file, header, 0)], first, out var salt))
        {
            _file.Dispose();
            throw partition.Damaged(first, 0, "no header of this segment");
        }

        Salt = salt;
        Position = LogLayout.HeaderBytes;
    }

    /// <summary>The segment's first offset.</summary>
    public long First { get; }

    /// <summary>The offset of the next record.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the next record begins, in bytes.</summary>
    public long Position { get; private set; }

    public uint Salt { get; }

    public long FileBytes => RandomAccess.GetLength(_file);

    /// <summary>Goes near to <paramref name="offset"/> by the index, never behind it and never back.</summary>
    public void Approach(long offset)
    {
        if (LogIndex.Find(_partition.IndexPath(First), offset, Salt) is not { } entry || entry.Offset <= Offset || entry.Position > FileBytes)
            return;
        (Offset, Position, _start, _count) = (entry.Offset, entry.Position, 0, 0);
    }

    /// <summary>Goes past the next record; false where there is none yet.</summary>
    public bool TrySkip()
    {
        if (!TryLoad(out var length))
            return false;
        Advance(length);
        return true;
    }

    /// <summary>The next record's payload, valid until the next call; false where there is none yet.</summary>
    /// <exception cref="LogException">The record is not intact.</exception>
    public bool TryRead(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!TryLoad(out var length))
            return false;
        var record = _buffer.AsSpan(_start, length);
        if (!LogLayout.IsIntact(record, Salt))
            throw _partition.Damaged(First, Position, "one with a wrong checksum");
        payload = record[LogLayout.FrameBytes..];
        Advance(length);
        return true;
    }

    public void Dispose() => _file.Dispose();

    private void Advance(int length)
    {
        _start += length;
        _count -= length;
        Position += length;
        Offset++;
    }

    private bool TryLoad(out int length)
    {
        length = LogLayout.FrameBytes;
        if (_count < length && !TryFill(length))
            return false;
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start));
        if (payload > LogLayout.RecordBytesMax)
            throw _partition.Damaged(First, Position, $"one of {payload} bytes, more than {LogLayout.RecordBytesMax},");
        length += (int)payload;
        return _count >= length || TryFill(length);
    }

    private bool TryFill(int needed)
    {
        var target = needed <= _buffer.Length ? _buffer : new byte[needed];
        _buffer.AsSpan(_start, _count).CopyTo(target);
        (_buffer, _start) = (target, 0);
        while (_count < needed)
        {
            var read = RandomAccess.Read(_file, _buffer.AsSpan(_count), Position + _count);
            if (read == 0)
                return false;
            _count += read;
        }

        return true;
    }
}
