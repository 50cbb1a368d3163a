using System.Buffers;
using System.Buffers.Binary;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>Messages on a data connection: each in one frame or several, so that no length is believed beyond 64 KB.</summary>
/// <remarks>
/// <code>
/// frame = header (4 bytes, little-endian: bits 0..30 the length, bit 31 says that the message goes on in the next frame), so many bytes
/// </code>
/// </remarks>
internal static class FrameFormat
{
    public const int HeaderBytes = sizeof(uint);

    /// <summary>The most bytes behind a header.</summary>
    public const int FrameBytesMax = 1 << 16;

    /// <summary>The most bytes of a message: a batch has 1,024 rows at most, but a row may be large.</summary>
    public const int MessageBytesMax = 1 << 28;

    private const uint GoesOnBit = 1u << 31;

    /// <exception cref="InvalidOperationException">The message is too long.</exception>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> message)
    {
        if (message.Length > MessageBytesMax)
            throw new InvalidOperationException($"A message of at most {MessageBytesMax} bytes expected, {message.Length} found.");
        do
        {
            var length = Math.Min(message.Length, FrameBytesMax);
            var frame = to.GetSpan(HeaderBytes + length);
            BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length | (length < message.Length ? GoesOnBit : 0));
            message[..length].CopyTo(frame[HeaderBytes..]);
            to.Advance(HeaderBytes + length);
            message = message[length..];
        }
        while (!message.IsEmpty);
    }

    /// <summary>Reads the header of a frame; false when it is not whole yet.</summary>
    /// <exception cref="CorruptPayloadException">The frame is longer than any that is written.</exception>
    public static bool TryReadHeader(ReadOnlySequence<byte> bytes, out int length, out bool goesOn)
    {
        (length, goesOn) = (0, false);
        if (bytes.Length < HeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        bytes.Slice(0, HeaderBytes).CopyTo(header);
        var word = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var found = word & ~GoesOnBit;
        if (found > FrameBytesMax)
            throw new CorruptPayloadException($"A frame of at most {FrameBytesMax} bytes expected, {found} found; see whether a node of Millrace is at the other end.");
        (length, goesOn) = ((int)found, (word & GoesOnBit) != 0);
        return true;
    }
}
