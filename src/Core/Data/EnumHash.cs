using System.Runtime.CompilerServices;

namespace Millrace.Data;

/// <summary>Enums, as their numbers.</summary>
internal readonly struct EnumHash<TKey, TNumber, THash> : IKeyHash<TKey>
    where TKey : struct, Enum
    where TNumber : struct
    where THash : struct, IKeyHash<TNumber>
{
    public ulong Hash(TKey key) => default(THash).Hash(Unsafe.BitCast<TKey, TNumber>(key));

    public bool AreEqual(TKey x, TKey y) => default(THash).AreEqual(Unsafe.BitCast<TKey, TNumber>(x), Unsafe.BitCast<TKey, TNumber>(y));

    public TKey Own(TKey key) => key;
}
