using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Writes the rows as they come: the schemas, how many rows there are, and the rows.</summary>
internal sealed class WrittenRows<TRow> : IRowSink<TRow>
    where TRow : struct, IStateDeltaRow
{
    private readonly CodecWriter _writer;
    private readonly DeltaRowCodec<TRow> _codec;
    private readonly int _start;
    private readonly int _countAt;
    private uint _count;

    public WrittenRows(CodecWriter writer, DeltaRowCodec<TRow> codec)
    {
        (_writer, _codec, _start) = (writer, codec, writer.WrittenCount);
        codec.WriteSchemas(writer);
        _countAt = writer.ReserveVarint32();
    }

    public bool KeepsRows => false;

    public void Add(in TRow row)
    {
        _codec.Write(_writer, row);
        _count++;
    }

    /// <summary>Whether there was a row; else nothing is left of it in the writer.</summary>
    public bool End()
    {
        if (_count == 0)
            _writer.Rewind(_start);
        else
            _writer.PatchVarint32(_countAt, _count);
        return _count > 0;
    }
}
