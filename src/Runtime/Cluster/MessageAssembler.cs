using System.Buffers;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>Takes messages out of the bytes of a connection as they come. Memory grows with what has come, never with what is announced.</summary>
/// <param name="messageBytesMax">The most bytes of a message.</param>
internal sealed class MessageAssembler(int messageBytesMax = FrameFormat.MessageBytesMax) : IDisposable
{
    private readonly CodecWriter _parts = new();
    private int _messageBytesMax = messageBytesMax;
    private bool _isWithin;

    /// <summary>Whether the bytes so far end within a message.</summary>
    public bool IsWithin => _isWithin;

    /// <summary>From the next message on, this is the most bytes of one.</summary>
    public void Allow(int messageBytesMax) => _messageBytesMax = messageBytesMax;

    /// <summary>The next message, good until the next call; false when more bytes are needed.</summary>
    /// <param name="bytes">What has come; on return what was not used.</param>
    /// <param name="message">The message.</param>
    /// <exception cref="CorruptPayloadException">The bytes are no frames, or a message is too long.</exception>
    public bool TryTake(ref ReadOnlySequence<byte> bytes, out ReadOnlyMemory<byte> message)
    {
        if (!_isWithin)
            _parts.Reset();
        while (FrameFormat.TryReadHeader(bytes, out var length, out var goesOn) && bytes.Length - FrameFormat.HeaderBytes >= length)
        {
            if (_parts.WrittenCount + length > _messageBytesMax)
                throw new CorruptPayloadException($"A message of at most {_messageBytesMax} bytes expected, a longer one found; see whether a node of Millrace is at the other end.");
            var frame = bytes.Slice(FrameFormat.HeaderBytes, length);
            bytes = bytes.Slice(FrameFormat.HeaderBytes + length);
            if (!_isWithin && !goesOn && frame.IsSingleSegment)
            {
                message = frame.First;
                return true;
            }

            foreach (var part in frame)
                _parts.WriteSpan(part.Span);
            _isWithin = goesOn;
            if (!goesOn)
            {
                message = _parts.WrittenMemory;
                return true;
            }
        }

        message = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();
}
