namespace Millrace.Data;

/// <summary>Keys that bring their own hash.</summary>
internal readonly struct SelfHash<TKey> : IKeyHash<TKey>
    where TKey : IStableKey
{
    public ulong Hash(TKey key) => key is null ? StableHash.Null : StableHash.OfNumber(key.StableHash());

    public bool AreEqual(TKey x, TKey y) => EqualityComparer<TKey>.Default.Equals(x, y);

    public TKey Own(TKey key) => key;
}
