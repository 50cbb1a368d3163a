using Millrace.Data;

namespace Millrace.Graphs;

/// <summary>Finds the key group of pairs by the stable hash of their key.</summary>
public sealed class KeyPartitioner<TKey, TValue> : KeyGroupSelector<(TKey Key, TValue Value)>
{
    private readonly KeyType<TKey> _keys = KeyType.Of<TKey>();

    /// <inheritdoc/>
    public override void FindKeyGroups(ReadOnlySpan<(TKey Key, TValue Value)> rows, Span<int> groups, int keyGroups)
    {
        for (var row = 0; row < rows.Length; row++)
            groups[row] = _keys.KeyGroupOf(rows[row].Key, keyGroups);
    }

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IRowKeyVisitor<(TKey Key, TValue Value), TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(static row => row.Key);
    }
}
