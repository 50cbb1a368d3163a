using System.Buffers;
using System.Text.Unicode;

namespace Millrace.Serialization;

/// <summary>UTF-8 in which half of a surrogate pair may stand, with the three bytes of its number: every .NET string has exactly one such form.</summary>
internal static class Wtf8
{
    private const int HalfBytes = 3;

    /// <summary>The text of the bytes; null when they are no such form.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        var chars = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            return TryDecode(bytes, chars, out var count) ? new string(chars, 0, count) : null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, Span<char> chars, out int count)
    {
        count = 0;
        while (true)
        {
            var status = Utf8.ToUtf16(bytes, chars[count..], out var read, out var written, replaceInvalidSequences: false);
            count += written;
            if (status == OperationStatus.Done)
                return true;
            bytes = bytes[read..];
            if (HalfAt(bytes) is not { } half || (written == 0 && count > 0 && char.IsSurrogatePair(chars[count - 1], half)))
                return false;
            chars[count++] = half;
            bytes = bytes[HalfBytes..];
        }
    }

    // Why a pair of halves is refused above: its form is the four bytes of the character.
    private static char? HalfAt(ReadOnlySpan<byte> bytes) =>
        bytes is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..] ? (char)(0xD000 | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F)) : null;
}
