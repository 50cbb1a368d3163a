using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Writes the body of one row, cut into chunks as it grows. Integers are little-endian, counts and lengths 4 bytes.</summary>
internal sealed class RowWriter(int chunkSize) : IDisposable
{
    private readonly List<byte[]> _full = [];
    private byte[] _chunk = ArrayPool<byte>.Shared.Rent(Math.Min(1024, chunkSize));
    private int _used = RowChunkHeader.Size;

    public void Byte(byte value) => Bytes([value]);

    public void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void UInt64(ulong value) => Int64(unchecked((long)value));

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Int32(bytes.Length);
        Bytes(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > chunkSize - _used)
        {
            var part = chunkSize - _used;
            Put(bytes[..part]);
            bytes = bytes[part..];
            _full.Add(_chunk[.._used]);
            _used = RowChunkHeader.Size;
        }

        Put(bytes);
    }

    /// <summary>The chunks with their headers; at least one.</summary>
    public ImmutableArray<byte[]> Finish(RowKind kind)
    {
        _full.Add(_chunk[.._used]);
        for (var index = 0; index < _full.Count; index++)
            new RowChunkHeader(kind, index, _full.Count, _full[index].Length - RowChunkHeader.Size).Write(_full[index]);
        return [.. _full];
    }

    /// <summary>What was written, without a header, where it is all in one chunk.</summary>
    public byte[] Body() => _full.Count == 0
        ? _chunk[RowChunkHeader.Size.._used]
        : throw new InvalidOperationException($"At most {chunkSize - RowChunkHeader.Size} bytes expected, more found.");

    public void Dispose() => ArrayPool<byte>.Shared.Return(_chunk);

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (_chunk.Length - _used < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(chunkSize, Math.Max(_used + bytes.Length, 2 * _chunk.Length)));
            _chunk.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_chunk);
            _chunk = larger;
        }

        bytes.CopyTo(_chunk.AsSpan(_used));
        _used += bytes.Length;
    }
}
