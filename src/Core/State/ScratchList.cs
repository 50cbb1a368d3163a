using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Rows that an operator gathers during one epoch; empty when an epoch begins, never durable.</summary>
/// <remarks>Unlike a field of the operator it is cut back when a record that failed is taken back.</remarks>
public sealed class ScratchList<T> : StateTable
{
    private readonly List<T> _rows = [];

    internal ScratchList(string name)
        : base(name, isTransient: true)
    {
    }

    /// <inheritdoc/>
    public override int Count => _rows.Count;

    /// <summary>The rows so far, valid until the next change.</summary>
    public ReadOnlySpan<T> Rows => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);

    /// <inheritdoc/>
    internal override int UndoEntryCount => 0;

    public void Add(T row) => _rows.Add(row);

    public void AddRange(ReadOnlySpan<T> rows) => _rows.AddRange(rows);

    /// <inheritdoc/>
    public override void Clear() => _rows.Clear();

    /// <inheritdoc/>
    internal override void BeginEpoch(long epoch) => Clear();

    /// <inheritdoc/>
    internal override long Mark() => _rows.Count;

    /// <inheritdoc/>
    internal override void UndoTo(long mark) => _rows.RemoveRange((int)mark, _rows.Count - (int)mark);

    /// <inheritdoc/>
    internal override void Release(long mark)
    {
    }

    /// <inheritdoc/>
    internal override void RollBackTo(long epoch) => Clear();

    /// <inheritdoc/>
    internal override void Commit(long epoch)
    {
    }

    /// <inheritdoc/>
    internal override StateDelta? CaptureDelta(long epoch) => null;

    /// <inheritdoc/>
    internal override StateDelta? CaptureImage(long epoch) => null;

    internal override bool WriteDelta(long epoch, CodecWriter writer, CodecCatalog codecs) => false;

    internal override bool WriteImage(long epoch, CodecWriter writer, CodecCatalog codecs) => false;

    /// <inheritdoc/>
    internal override void FindCodecs(CodecCatalog codecs)
    {
    }

    /// <inheritdoc/>
    internal override StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs) => throw NeverDurable();

    /// <inheritdoc/>
    internal override void Apply(StateDelta delta) => throw NeverDurable();

    private InvalidOperationException NeverDurable() => new($"Scratch '{Name}' is never durable.");
}
