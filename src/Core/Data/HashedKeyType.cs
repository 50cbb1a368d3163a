namespace Millrace.Data;

/// <summary>A key type over its hasher.</summary>
internal sealed class HashedKeyType<TKey, THash> : KeyType<TKey>
    where THash : struct, IKeyHash<TKey>
{
    public override ulong Hash(TKey key) => default(THash).Hash(key);

    public override bool AreEqual(TKey x, TKey y) => default(THash).AreEqual(x, y);

    public override TKey Own(TKey key) => default(THash).Own(key);

    public override void HashAll(ReadOnlySpan<TKey> keys, Span<ulong> hashes)
    {
        var target = hashes[..keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            target[i] = default(THash).Hash(keys[i]);
        }
    }

    public override TResult Accept<TResult>(IKeyTypeVisitor<TKey, TResult> visitor) => visitor.Visit<THash>();
}
