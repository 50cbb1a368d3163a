using System.Numerics;

namespace Millrace.Data;

/// <summary>Integers of up to 64 bits and characters, widened to 64 bits: the same number hashes alike in every type that can hold its sign.</summary>
internal readonly struct IntegerHash<TKey> : IKeyHash<TKey>
    where TKey : struct, IBinaryInteger<TKey>
{
    public ulong Hash(TKey key) => StableHash.OfNumber(ulong.CreateTruncating(key));

    public bool AreEqual(TKey x, TKey y) => x == y;

    public TKey Own(TKey key) => key;
}
