using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Equality and hash of keys as everywhere in Millrace: arrays by their content, the same hash in every process. Null is a key.</summary>
internal sealed class KeyComparer<TKey> : IEqualityComparer<TKey>, IEqualityComparer<ValueTuple<TKey>>
{
    private readonly KeyType<TKey> _keys = KeyType.Of<TKey>();

    public bool Equals(TKey? x, TKey? y) => _keys.AreEqual(x!, y!);

    public int GetHashCode(TKey obj) => (int)_keys.Hash(obj);

    public bool Equals(ValueTuple<TKey> x, ValueTuple<TKey> y) => Equals(x.Item1, y.Item1);

    public int GetHashCode(ValueTuple<TKey> obj) => GetHashCode(obj.Item1);
}
