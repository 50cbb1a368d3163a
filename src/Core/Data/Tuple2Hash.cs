namespace Millrace.Data;

/// <summary>Tuples of two, item by item.</summary>
internal readonly struct Tuple2Hash<T1, T2, THash1, THash2> : IKeyHash<(T1, T2)>
    where THash1 : struct, IKeyHash<T1>
    where THash2 : struct, IKeyHash<T2>
{
    public ulong Hash((T1, T2) key)
    {
        var hash = StableHash.OfNumber(2);
        hash = StableHash.Combine(hash, default(THash1).Hash(key.Item1));
        hash = StableHash.Combine(hash, default(THash2).Hash(key.Item2));
        return hash;
    }

    public bool AreEqual((T1, T2) x, (T1, T2) y) =>
        default(THash1).AreEqual(x.Item1, y.Item1) &&
        default(THash2).AreEqual(x.Item2, y.Item2);

    public (T1, T2) Own((T1, T2) key) => (default(THash1).Own(key.Item1), default(THash2).Own(key.Item2));
}
