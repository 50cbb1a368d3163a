using System.Buffers.Binary;
using Millrace.Serialization;

namespace Millrace.DStreams.Rdds;

/// <summary>Writes an <see cref="ObjectFile"/>.</summary>
internal sealed class ObjectFileWriter<T> : IDisposable
{
    private readonly Stream _file;
    private readonly Codec<T> _codec;
    private readonly CodecWriter _block = new(ObjectFile.BlockBytes);
    private uint _crc;

    /// <param name="file">Where to.</param>
    /// <param name="codec">Of the rows.</param>
    /// <param name="part">The number of the part.</param>
    /// <param name="parts">Parts in the directory.</param>
    public ObjectFileWriter(Stream file, Codec<T> codec, int part, int parts)
    {
        (_file, _codec) = (file, codec);
        Span<byte> header = stackalloc byte[ObjectFile.HeaderBytes];
        ObjectFile.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[ObjectFile.Magic.Length..], part);
        BinaryPrimitives.WriteInt32LittleEndian(header[(ObjectFile.Magic.Length + sizeof(int))..], parts);
        _crc = Crc32C.Of(header);
        _file.Write(header);
        BeginBlock();
        codec.Schema.WriteTo(_block);
        EndBlock();
    }

    public void Write(T row)
    {
        RowBlock.Write(_block, _codec, row);
        if (_block.WrittenCount >= ObjectFile.BlockBytes)
            EndBlock();
    }

    /// <summary>Ends the file, which is whole now.</summary>
    public void Complete()
    {
        if (_block.WrittenCount > ObjectFile.FrameBytes)
            EndBlock();
        EndBlock();
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();

    private void BeginBlock()
    {
        _block.Reset();
        _block.WriteFixed64(0);
    }

    private void EndBlock()
    {
        _block.PatchFixed32(0, (uint)(_block.WrittenCount - ObjectFile.FrameBytes));
        _crc = Crc32C.Append(Crc32C.Append(_crc, _block.WrittenSpan[..sizeof(uint)]), _block.WrittenSpan[ObjectFile.FrameBytes..]);
        _block.PatchFixed32(sizeof(uint), _crc);
        _file.Write(_block.WrittenSpan);
        BeginBlock();
    }
}
