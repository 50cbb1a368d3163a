using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Millrace.Serialization;

/// <summary>A growing buffer that values are written into; its array comes from a pool and goes back on <see cref="Dispose"/>.</summary>
/// <remarks>
/// For one thread at a time. All widths are little-endian. A text is <c>varint(UTF-8 bytes + 1)</c> and the bytes; null is 0.
/// Half of a surrogate pair, which UTF-8 lacks, has the three bytes of its number (WTF-8): every string comes back as it was.
/// Spans and memories handed out are valid until the next write, <see cref="Reset"/> or <see cref="Dispose"/>.
/// </remarks>
public sealed class CodecWriter : IBufferWriter<byte>, IDisposable
{
    /// <summary>The most bytes that a 64-bit varint takes.</summary>
    internal const int VarintBytesMax = 10;

    private const int Varint32BytesMax = 5;

    private const int InitialBytes = 256;

    private byte[] _buffer;
    private int _count;

    /// <param name="capacity">Bytes that are expected.</param>
    public CodecWriter(int capacity = InitialBytes) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, InitialBytes));

    /// <summary>Bytes written since the last <see cref="Reset"/>.</summary>
    public int WrittenCount => _count;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _count);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _count);

    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Forgets what was written; the array is kept for what comes next.</summary>
    public void Reset() => _count = 0;

    /// <summary>Forgets what was written behind the first <paramref name="count"/> bytes.</summary>
    public void Rewind(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_count, nameof(count));
        _count = count;
    }

    /// <summary>Gives the array back. The writer starts again with none, so that a late write can't touch another owner's bytes.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _count = 0;
    }

    public void WriteByte(byte value)
    {
        Ensure(1);
        _buffer[_count++] = value;
    }

    /// <summary>Seven bits a byte, lowest first; the top bit says that more follow.</summary>
    public void WriteVarint(ulong value)
    {
        Ensure(VarintBytesMax);
        var buffer = _buffer;
        var at = _count;
        for (; value >= 0x80; value >>= 7)
            buffer[at++] = (byte)(value | 0x80);
        buffer[at++] = (byte)value;
        _count = at;
    }

    /// <summary>A varint in which small negative numbers are short too: 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
    public void WriteZigZag(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    public void WriteFixed32(uint value)
    {
        Ensure(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_count), value);
        _count += sizeof(uint);
    }

    public void WriteFixed64(ulong value)
    {
        Ensure(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_count), value);
        _count += sizeof(ulong);
    }

    /// <summary>Writes the bytes as they are, without a length. They must not lie in this writer.</summary>
    public void WriteSpan(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    public void WriteText(string? text)
    {
        if (text is null)
            WriteVarint(0);
        else
            WriteText(text.AsSpan());
    }

    /// <summary>A text that is not null.</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        // Why it fits: what this encoding puts for half of a pair has three bytes too.
        var length = Encoding.UTF8.GetByteCount(text);
        WriteVarint((ulong)length + 1);
        Ensure(length);
        while (true)
        {
            var status = Utf8.FromUtf16(text, _buffer.AsSpan(_count), out var read, out var written, replaceInvalidSequences: false);
            _count += written;
            if (status == OperationStatus.Done)
                return;
            WriteHalf(text[read]);
            text = text[(read + 1)..];
        }
    }

    /// <summary>Writes how many bytes follow four bytes left by <see cref="ReserveFixed32"/>.</summary>
    public void PatchLength(int position) => PatchFixed32(position, (uint)(_count - position - sizeof(uint)));

    /// <summary>Leaves four bytes for a number that is known later; <see cref="PatchFixed32"/> fills them.</summary>
    /// <returns>Where the bytes stand.</returns>
    public int ReserveFixed32()
    {
        var position = _count;
        WriteFixed32(0);
        return position;
    }

    public void PatchFixed32(int position, uint value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _count - sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(position), value);
    }

    /// <summary>Leaves the five bytes of the longest varint of 32 bits for a number that is known later; <see cref="PatchVarint32"/> fills them.</summary>
    /// <returns>Where the bytes stand.</returns>
    public int ReserveVarint32()
    {
        var position = _count;
        Ensure(Varint32BytesMax);
        _count += Varint32BytesMax;
        return position;
    }

    public void PatchVarint32(int position, uint value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, _count - Varint32BytesMax);
        for (var at = position; at < position + Varint32BytesMax - 1; at++, value >>= 7)
            _buffer[at] = (byte)(value | 0x80);
        _buffer[position + Varint32BytesMax - 1] = (byte)value;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _count);
        _count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_count);
    }

    private void WriteHalf(char half)
    {
        WriteByte((byte)(0xE0 | (half >> 12)));
        WriteByte((byte)(0x80 | ((half >> 6) & 0x3F)));
        WriteByte((byte)(0x80 | (half & 0x3F)));
    }

    private void Ensure(int count)
    {
        if (count > _buffer.Length - _count)
            Grow(count);
    }

    private void Grow(int count)
    {
        var needed = checked(_count + count);
        var doubled = (int)Math.Min(2L * _buffer.Length, Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, doubled), InitialBytes));
        WrittenSpan.CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
