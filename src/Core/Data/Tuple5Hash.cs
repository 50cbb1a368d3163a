namespace Millrace.Data;

/// <summary>Tuples of five, item by item.</summary>
internal readonly struct Tuple5Hash<T1, T2, T3, T4, T5, THash1, THash2, THash3, THash4, THash5> : IKeyHash<(T1, T2, T3, T4, T5)>
    where THash1 : struct, IKeyHash<T1>
    where THash2 : struct, IKeyHash<T2>
    where THash3 : struct, IKeyHash<T3>
    where THash4 : struct, IKeyHash<T4>
    where THash5 : struct, IKeyHash<T5>
{
    public ulong Hash((T1, T2, T3, T4, T5) key)
    {
        var hash = StableHash.OfNumber(5);
        hash = StableHash.Combine(hash, default(THash1).Hash(key.Item1));
        hash = StableHash.Combine(hash, default(THash2).Hash(key.Item2));
        hash = StableHash.Combine(hash, default(THash3).Hash(key.Item3));
        hash = StableHash.Combine(hash, default(THash4).Hash(key.Item4));
        hash = StableHash.Combine(hash, default(THash5).Hash(key.Item5));
        return hash;
    }

    public bool AreEqual((T1, T2, T3, T4, T5) x, (T1, T2, T3, T4, T5) y) =>
        default(THash1).AreEqual(x.Item1, y.Item1) &&
        default(THash2).AreEqual(x.Item2, y.Item2) &&
        default(THash3).AreEqual(x.Item3, y.Item3) &&
        default(THash4).AreEqual(x.Item4, y.Item4) &&
        default(THash5).AreEqual(x.Item5, y.Item5);

    public (T1, T2, T3, T4, T5) Own((T1, T2, T3, T4, T5) key) => (default(THash1).Own(key.Item1), default(THash2).Own(key.Item2), default(THash3).Own(key.Item3), default(THash4).Own(key.Item4), default(THash5).Own(key.Item5));
}
