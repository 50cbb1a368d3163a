using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Logs;

/// <summary>Appends records to one partition of a log. One at a time in all processes; not thread-safe.</summary>
/// <remarks>
/// Records are gathered in a buffer of 64 KB; readers see them once they are flushed, a crash of the machine leaves those flushed durably.
/// A write that fails, as on a full disk, may be tried again by the next call: nothing is lost or written twice. A sync that fails ends the
/// writer: the system may have dropped what it was to keep, and the next sync would succeed without it.
/// </remarks>
public sealed class LogWriter : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly LogPartition _partition;
    private readonly LogWriterOptions _options;
    private readonly FileStream _lock;
    private readonly List<(long Offset, int Position)> _entries = [];
    private byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private SafeFileHandle? _file;
    private SafeFileHandle? _index;
    private long _position;
    private long _indexPosition;
    private long _indexedAt;
    private uint _salt;
    private bool _isClosed;
    private bool _isBroken;

    internal LogWriter(LogPartition partition, LogWriterOptions options)
    {
        options.Validate();
        (_partition, _options) = (partition, options);
        _lock = Lock(partition);
        try
        {
            if (partition.ReadCompletion() is { } end)
                throw new LogException($"{partition.Description}: a partition to append to expected, one that is complete at {end} found; write to another log.");
            Open();
        }
        catch
        {
            CloseSegment();
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The offset of the next record: all that were ever appended are before it.</summary>
    public long End { get; private set; }

    /// <summary>Appends a record of at most 16 MB.</summary>
    /// <returns>Its offset.</returns>
    /// <exception cref="LogException">The record is too large.</exception>
    /// <exception cref="IOException">The disk refuses; call again later.</exception>
    public long Append(ReadOnlySpan<byte> record)
    {
        CheckOpen();
        if (record.Length > LogLayout.RecordBytesMax)
            throw new LogException($"{_partition.Description}: a record of at most {LogLayout.RecordBytesMax} bytes expected, {record.Length} found; split it.");
        var length = LogLayout.FrameBytes + record.Length;
        if (_buffered + length > _buffer.Length)
            Write();
        if (_position + _buffered >= _options.SegmentBytes)
            Roll();
        if (length > _buffer.Length)
            _buffer = new byte[length];
        LogLayout.WriteRecord(_buffer.AsSpan(_buffered, length), record, _salt);
        if (_position + _buffered - _indexedAt >= LogLayout.IndexSpacingBytes)
        {
            _indexedAt = _position + _buffered;
            _entries.Add((End, (int)_indexedAt));
        }

        _buffered += length;
        return End++;
    }

    /// <summary>Appends records one after the other.</summary>
    /// <returns>The offset of the first.</returns>
    public long Append(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var first = End;
        foreach (var record in records)
            Append(record.Span);
        return first;
    }

    /// <summary>Shows readers all that was appended.</summary>
    /// <param name="durable">Whether to wait until the disk has it.</param>
    public void Flush(bool durable)
    {
        CheckOpen();
        Write();
        if (durable)
            Sync();
    }

    /// <summary>Says that no record follows: sources finish once they have read all. Flushes durably and closes the writer.</summary>
    public void Complete()
    {
        Flush(durable: true);
        _partition.WriteCompletion(End);
        Dispose();
    }

    /// <summary>Deletes the segments that the options want deleted.</summary>
    public void Retain()
    {
        var segments = _partition.Segments();
        var released = _partition.ReadReleased();
        var bytes = segments.Sum(first => new FileInfo(_partition.SegmentPath(first)).Length);
        for (var segment = 0; segment < segments.Count - 1; segment++)
        {
            var file = new FileInfo(_partition.SegmentPath(segments[segment]));
            var isNeeded = released < segments[segment + 1];
            var isOver = bytes > _options.RetainBytes
                || _options.Clock.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc > _options.RetainAge
                || (_options.DeleteReleased && released is not null);
            if (isNeeded || !isOver)
                return;
            bytes -= file.Length;
            Delete(segments[segment]);
        }
    }

    /// <summary>What was cut off when it was opened; null: the log ended in a whole record.</summary>
    internal LogTear? Torn { get; private set; }

    /// <summary>Where the segment that is written to begins.</summary>
    internal long SegmentFirst { get; private set; }

    /// <summary>Deletes the segments that end at or before <paramref name="offset"/>, never the last.</summary>
    /// <returns>The end of the oldest one that is kept; null where that is the last.</returns>
    internal long? DeleteBefore(long offset)
    {
        var segments = _partition.Segments();
        for (var segment = 0; segment < segments.Count - 1; segment++)
        {
            if (segments[segment + 1] > offset)
                return segments[segment + 1];
            Delete(segments[segment]);
        }

        return null;
    }

    /// <summary>Flushes, not durably, and lets others write.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        try
        {
            Write();
        }
        finally
        {
            _isClosed = true;
            CloseSegment();
            _lock.Dispose();
        }
    }

    // The system gives the lock up when the process dies, however it dies.
    private static FileStream Lock(LogPartition partition)
    {
        try
        {
            return new FileStream(partition.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LogException($"{partition.Description}: to be its only writer expected: {error.Message.ReplaceLineEndings(" ")} Close the other writer.", error);
        }
    }

    private void Delete(long segment)
    {
        File.Delete(_partition.SegmentPath(segment));
        File.Delete(_partition.IndexPath(segment));
    }

    private void Open()
    {
        foreach (var leftover in Directory.EnumerateFiles(_partition.Path, "*.tmp"))
            File.Delete(leftover);
        if (_partition.Segments() is not { Count: > 0 } segments)
        {
            Begin(0);
            return;
        }

        var recovered = LogRecovery.Run(_partition, segments[^1]);
        (End, _position, _salt) = (recovered.End, recovered.Bytes, recovered.Salt);
        OpenFiles(segments[^1]);
        SegmentFirst = segments[^1];
        if (RandomAccess.GetLength(_file!) - _position is > 0 and var bytes)
            Torn = new(_partition.SegmentPath(segments[^1]), _position, End, bytes);
        RandomAccess.SetLength(_file!, _position);
        // Why anew: entries may be torn, or be of records that were.
        RandomAccess.SetLength(_index!, 0);
        (_indexPosition, _indexedAt) = (0, recovered.Entries is [.., var last] ? last.Position : LogLayout.HeaderBytes);
        _entries.AddRange(recovered.Entries);
        WriteEntries();
    }

    private void Roll()
    {
        Flush(durable: true);
        Begin(End);
        Retain();
    }

    private void Begin(long first)
    {
        Span<byte> salt = stackalloc byte[sizeof(uint)];
        System.Security.Cryptography.RandomNumberGenerator.Fill(salt);
        DurableFiles.Replace(_partition.SegmentPath(first), LogLayout.Header(first, BinaryPrimitives.ReadUInt32LittleEndian(salt)));
        OpenFiles(first);
        RandomAccess.SetLength(_index!, 0);
        SegmentFirst = first;
        (_position, _indexPosition, _indexedAt, _salt) = (LogLayout.HeaderBytes, 0, LogLayout.HeaderBytes, BinaryPrimitives.ReadUInt32LittleEndian(salt));
    }

    // Why the old ones last: where the disk refuses, they go on.
    private void OpenFiles(long first)
    {
        var file = File.OpenHandle(_partition.SegmentPath(first), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        SafeFileHandle index;
        try
        {
            index = File.OpenHandle(_partition.IndexPath(first), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        CloseSegment();
        (_file, _index) = (file, index);
    }

    private void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(_file!);
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_isBroken)
            throw new LogException($"{_partition.Description}: a disk that keeps what it is given expected, one found that did not; close the writer, and open another once the disk is well.");
    }

    private void Write()
    {
        if (_buffered == 0)
            return;
        RandomAccess.Write(_file!, _buffer.AsSpan(0, _buffered), _position);
        _position += _buffered;
        _buffered = 0;
        WriteEntries();
    }

    private void WriteEntries()
    {
        if (_entries.Count == 0)
            return;
        var bytes = new byte[_entries.Count * LogLayout.IndexEntryBytes];
        for (var entry = 0; entry < _entries.Count; entry++)
            LogLayout.WriteIndexEntry(bytes.AsSpan(entry * LogLayout.IndexEntryBytes), _entries[entry].Offset, _entries[entry].Position, _salt);
        RandomAccess.Write(_index!, bytes, _indexPosition);
        _indexPosition += bytes.Length;
        _entries.Clear();
    }

    private void CloseSegment()
    {
        _file?.Dispose();
        _index?.Dispose();
    }
}
