using System.Runtime.InteropServices;
using Millrace.Data;

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

    public override StateDelta?[] SplitByKeyGroup(int keyGroups)
    {
        var groups = new List<TRow>?[keyGroups];
        foreach (ref readonly var row in Rows.AsSpan())
        {
            (groups[KeyType.KeyGroupOf(row.Hash, keyGroups)] ??= []).Add(row);
        }

        return Array.ConvertAll(groups, rows => rows is null ? null : (StateDelta?)With(CollectionsMarshal.AsSpan(rows).ToArray()));
    }

    private protected abstract StateDelta<TRow> With(TRow[] rows);
}
