using System.Runtime.InteropServices;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>A delta of typed rows.</summary>
public abstract class StateDelta<TRow> : StateDelta
    where TRow : struct, IStateDeltaRow
{
    private protected StateDelta(string table, long epoch, TRow[] rows)
        : base(table, epoch)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Rows = rows;
    }

    /// <value>The rows, at most one per key (per key and field for maps). Not to be changed.</value>
    public TRow[] Rows { get; }

    public override int Count => Rows.Length;

    public override ulong HashAt(int row) => Rows[row].Hash;

    public override StateDelta?[] SplitByOwner(int keyGroups, int parallelism)
    {
        var owners = new List<TRow>?[parallelism];
        foreach (ref readonly var row in Rows.AsSpan())
        {
            var owner = new KeyGroup(KeyType.KeyGroupOf(row.Hash, keyGroups)).OwnerOf(keyGroups, parallelism);
            (owners[owner.Number] ??= []).Add(row);
        }

        return Array.ConvertAll(owners, rows => rows is null ? null : (StateDelta?)With(CollectionsMarshal.AsSpan(rows).ToArray()));
    }

    internal sealed override void Write(CodecWriter writer, CodecCatalog codecs)
    {
        var rows = new WrittenRows<TRow>(writer, RowCodec(codecs));
        foreach (ref readonly var row in Rows.AsSpan())
            rows.Add(row);
        rows.End();
    }

    private protected abstract StateDelta<TRow> With(TRow[] rows);

    private protected abstract DeltaRowCodec<TRow> RowCodec(CodecCatalog codecs);
}
