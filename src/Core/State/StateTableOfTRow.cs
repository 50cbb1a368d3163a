using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A table whose deltas and images are rows of one type.</summary>
public abstract class StateTable<TRow> : StateTable
    where TRow : struct, IStateDeltaRow
{
    private protected StateTable(string name, bool isTransient)
        : base(name, isTransient)
    {
    }

    internal sealed override StateDelta? CaptureDelta(long epoch)
    {
        var rows = new GatheredRows<TRow>();
        GiveDelta(epoch, rows);
        return rows.IsEmpty ? null : DeltaOf(epoch, rows.ToArray());
    }

    internal sealed override StateDelta? CaptureImage(long epoch)
    {
        var rows = new GatheredRows<TRow>();
        GiveImage(epoch, rows);
        return rows.IsEmpty ? null : DeltaOf(epoch, rows.ToArray());
    }

    internal sealed override bool WriteDelta(long epoch, CodecWriter writer, CodecCatalog codecs)
    {
        if (IsTransient)
            return false;
        var rows = new WrittenRows<TRow>(writer, RowCodec(codecs));
        GiveDelta(epoch, rows);
        return rows.End();
    }

    internal sealed override bool WriteImage(long epoch, CodecWriter writer, CodecCatalog codecs)
    {
        if (IsTransient)
            return false;
        var rows = new WrittenRows<TRow>(writer, RowCodec(codecs));
        GiveImage(epoch, rows);
        return rows.End();
    }

    internal sealed override void FindCodecs(CodecCatalog codecs)
    {
        if (!IsTransient)
            RowCodec(codecs);
    }

    /// <summary>Gives the rows of what the epoch changed.</summary>
    private protected abstract void GiveDelta(long epoch, IRowSink<TRow> rows);

    /// <summary>Gives a row for each entry as of the end of the epoch.</summary>
    private protected abstract void GiveImage(long epoch, IRowSink<TRow> rows);

    private protected abstract StateDelta DeltaOf(long epoch, TRow[] rows);

    /// <exception cref="GraphException">A type can't be written.</exception>
    private protected abstract DeltaRowCodec<TRow> RowCodec(CodecCatalog codecs);
}
