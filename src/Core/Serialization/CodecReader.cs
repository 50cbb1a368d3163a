using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Millrace.Serialization;

/// <summary>Reads what a <see cref="CodecWriter"/> wrote. Every read is checked against what remains, before anything is allocated.</summary>
/// <remarks>Whatever the bytes are, a read gives a value or throws <see cref="CorruptPayloadException"/>.</remarks>
public ref struct CodecReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    public byte ReadByte() => ReadSpan(1)[0];

    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadSpan(sizeof(uint)));

    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadSpan(sizeof(ulong)));

    public ulong ReadVarint()
    {
        var start = _position;
        ulong value = 0;
        for (var (shift, at) = (0, start); shift < 64; shift += 7, at++)
        {
            if ((uint)at >= (uint)_bytes.Length)
                throw Short(1, at);
            var part = _bytes[at];
            // Why: the tenth byte has room for one bit; more would be lost without a word.
            if (shift == 63 && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                _position = at + 1;
                return value;
            }
        }
        throw new CorruptPayloadException($"A varint of at most 64 bits expected at byte {start}, a longer one found; use another copy.");
    }

    public long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>The next bytes, not copied.</summary>
    public ReadOnlySpan<byte> ReadSpan(int count)
    {
        if ((uint)count > (uint)Remaining)
            throw Short(count, _position);
        var span = _bytes.Slice(_position, count);
        _position += count;
        return span;
    }

    /// <summary>A number of elements of which each takes at least <paramref name="elementBytesMin"/> bytes of what remains.</summary>
    /// <remarks>Elements without bytes are not allowed for: a length of a few bytes could then ask for any memory.</remarks>
    public int ReadLength(int elementBytesMin = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elementBytesMin, 1);
        var start = _position;
        var length = ReadVarint();
        if (length > (ulong)(Remaining / elementBytesMin))
            throw TooLong(length, start);
        return (int)length;
    }

    /// <summary>The number of items of a list that may be null; -1 for null.</summary>
    internal int ReadListLength(int itemBytesMin = 1)
    {
        var start = _position;
        var length = ReadVarint();
        if (length > 1 && length - 1 > (ulong)(Remaining / itemBytesMin))
            throw TooLong(length - 1, start);
        return (int)length - 1;
    }

    /// <summary>Bytes behind a length of four bytes, not copied.</summary>
    internal ReadOnlySpan<byte> ReadBlock()
    {
        var start = _position;
        var length = ReadFixed32();
        if (length > (uint)Remaining)
            throw TooLong(length, start);
        return ReadSpan((int)length);
    }

    /// <summary>A byte that is 0 or 1.</summary>
    internal bool ReadFlag()
    {
        var flag = ReadByte();
        return flag <= 1 ? flag == 1 : throw new CorruptPayloadException($"0 or 1 expected at byte {_position - 1}, {flag} found; use another copy.");
    }

    public string? ReadText()
    {
        var start = _position;
        var length = ReadVarint();
        if (length == 0)
            return null;
        if (length - 1 > (ulong)Remaining)
            throw TooLong(length - 1, start);
        var utf8 = ReadSpan((int)(length - 1));
        // Why asked first: the encoding would put U+FFFD for bytes that are no text, and damage would pass for a value.
        return Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : Wtf8.Decode(utf8) ?? throw new CorruptPayloadException($"UTF-8 expected at byte {start}, other bytes found; use another copy.");
    }

    /// <summary>Says that the value ends here.</summary>
    /// <exception cref="CorruptPayloadException">Bytes remain.</exception>
    public readonly void ExpectEnd()
    {
        if (Remaining > 0)
            throw new CorruptPayloadException($"End expected at byte {_position}, {Remaining} more bytes found; use another copy.");
    }

    private readonly CorruptPayloadException Short(int count, int at) =>
        new($"{count} bytes expected at byte {at}, {_bytes.Length - at} found; use another copy.");

    private readonly CorruptPayloadException TooLong(ulong length, int at) =>
        new($"A length within the {Remaining} remaining bytes expected at byte {at}, {length} found; use another copy.");
}
