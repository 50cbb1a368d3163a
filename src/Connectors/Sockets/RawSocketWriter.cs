using System.Buffers.Binary;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Sockets;

/// <summary>Writes rows in the blocks that a <see cref="RawSocketSource{T}"/> reads: for the server at the other end of its connection.</summary>
/// <remarks>
/// <code>
/// connection  block · block · …
/// block       length of the rest, 4 bytes, signed, big-endian, 0 or more · schema · row · row · …
/// </code>
/// <para>Schema and rows are in the encoding of checkpoints (<see cref="CodecSchema"/>, <see cref="CodecCatalog"/>): numbers little-endian or as
/// varints, a text as <c>varint(UTF-8 bytes + 1)</c> and the bytes. Rows go on to the end of their block. Each block has the schema, so that a
/// receiver can tell what it is, wherever its connection began. A block of length 0 holds no rows and keeps a silent connection alive.
/// There is no checksum: TCP has one, and a receiver refuses bytes that are no rows.</para>
/// <para>One row <c>("ab", 1)</c> of a <c>(string, int)</c>: length 22; tuple of two unnamed parts, <c>text</c> and <c>int</c>; the row.</para>
/// <code>
/// 00 00 00 16 · 04 01 02 · 01 00 05 74 65 78 74 00 · 01 00 04 69 6E 74 00 · 03 61 62 · 02
/// </code>
/// <para>For one thread at a time. A write blocks while the receiver is behind.</para>
/// </remarks>
public sealed class RawSocketWriter<T> : IDisposable
{
    private readonly Stream _stream;
    private readonly int _blockLengthBytes;
    private readonly Codec<T> _codec;
    private readonly CodecWriter _block;
    private readonly int _headBytes;
    private bool _isClosed;

    /// <param name="stream">The connection, as a <see cref="System.Net.Sockets.NetworkStream"/>. It stays the caller's to close.</param>
    /// <param name="blockLengthBytes">A block that has so many bytes is sent; its last row may make it longer. <value>Default 64 KB (65,536). At least 1.</value></param>
    /// <exception cref="GraphException">Rows of the type can't be written: says which member is in the way.</exception>
    public RawSocketWriter(Stream stream, int blockLengthBytes = 64 << 10)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockLengthBytes);
        (_stream, _blockLengthBytes, _codec) = (stream, blockLengthBytes, new CodecCatalog().Of<T>());
        _block = new(blockLengthBytes);
        _block.ReserveFixed32();
        _codec.Schema.WriteTo(_block);
        _headBytes = _block.WrittenCount;
    }

    /// <summary>Adds a row to the open block, and sends the block when it is full.</summary>
    /// <exception cref="SchemaException">The row can't be written: it holds something that its declared types do not say. The block is as it was.</exception>
    /// <exception cref="IOException">The connection is gone. A block may have been cut: the writer takes no more rows.</exception>
    public void Write(T row)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        RowBlock.Write(_block, _codec, row);
        if (_block.WrittenCount >= _blockLengthBytes)
            Send();
    }

    /// <summary>Sends the open block, if it has rows.</summary>
    /// <exception cref="IOException">As of <see cref="Write"/>.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_block.WrittenCount > _headBytes)
            Send();
    }

    /// <summary>Sends the open block, if it has rows, and ends. The stream stays open.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        try
        {
            Flush();
        }
        finally
        {
            Close();
        }
    }

    private void Send()
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, _block.WrittenCount - sizeof(int));
        _block.PatchFixed32(0, BinaryPrimitives.ReadUInt32LittleEndian(length));
        try
        {
            _stream.Write(_block.WrittenSpan);
            _stream.Flush();
        }
        catch
        {
            // Why: what follows a block that was cut would be taken for its rest.
            Close();
            throw;
        }

        _block.Rewind(_headBytes);
    }

    private void Close()
    {
        _isClosed = true;
        _block.Dispose();
    }
}
