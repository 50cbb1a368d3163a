namespace Millrace.Data;

/// <summary>Tuples of three, item by item.</summary>
internal readonly struct Tuple3Hash<T1, T2, T3, THash1, THash2, THash3> : IKeyHash<(T1, T2, T3)>
    where THash1 : struct, IKeyHash<T1>
    where THash2 : struct, IKeyHash<T2>
    where THash3 : struct, IKeyHash<T3>
{
    public ulong Hash((T1, T2, T3) key)
    {
        var hash = StableHash.OfNumber(3);
        hash = StableHash.Combine(hash, default(THash1).Hash(key.Item1));
        hash = StableHash.Combine(hash, default(THash2).Hash(key.Item2));
        hash = StableHash.Combine(hash, default(THash3).Hash(key.Item3));
        return hash;
    }

    public bool AreEqual((T1, T2, T3) x, (T1, T2, T3) y) =>
        default(THash1).AreEqual(x.Item1, y.Item1) &&
        default(THash2).AreEqual(x.Item2, y.Item2) &&
        default(THash3).AreEqual(x.Item3, y.Item3);

    public (T1, T2, T3) Own((T1, T2, T3) key) => (default(THash1).Own(key.Item1), default(THash2).Own(key.Item2), default(THash3).Own(key.Item3));
}
