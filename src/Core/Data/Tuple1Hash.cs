namespace Millrace.Data;

/// <summary>Tuples of one, item by item.</summary>
internal readonly struct Tuple1Hash<T1, THash1> : IKeyHash<ValueTuple<T1>>
    where THash1 : struct, IKeyHash<T1>
{
    public ulong Hash(ValueTuple<T1> key)
    {
        var hash = StableHash.OfNumber(1);
        hash = StableHash.Combine(hash, default(THash1).Hash(key.Item1));
        return hash;
    }

    public bool AreEqual(ValueTuple<T1> x, ValueTuple<T1> y) =>
        default(THash1).AreEqual(x.Item1, y.Item1);

    public ValueTuple<T1> Own(ValueTuple<T1> key) => new(default(THash1).Own(key.Item1));
}
