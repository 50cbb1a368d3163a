using System.Numerics;

namespace Millrace.Data;

/// <summary>Integers of 128 bits, low half first.</summary>
internal readonly struct WideIntegerHash<TKey> : IKeyHash<TKey>
    where TKey : struct, IBinaryInteger<TKey>
{
    public ulong Hash(TKey key) =>
        StableHash.Combine(StableHash.OfNumber(ulong.CreateTruncating(key)), ulong.CreateTruncating(key >> 64));

    public bool AreEqual(TKey x, TKey y) => x == y;

    public TKey Own(TKey key) => key;
}
