namespace Millrace.Data;

/// <summary>Keys that bring their own hash.</summary>
internal readonly struct SelfHash<TKey> : IKeyHash<TKey>
    where TKey : IStableKey
{
    public ulong Hash(TKey key)
    {
        if (key is null)
        {
            return StableHash.Null;
        }

        try
        {
            return StableHash.OfNumber(key.StableHash());
        }
        catch (Exception cause)
        {
            throw new KeyFailedException(typeof(TKey), cause);
        }
    }

    public bool AreEqual(TKey x, TKey y) => EqualityComparer<TKey>.Default.Equals(x, y);

    public TKey Own(TKey key) => key;
}
