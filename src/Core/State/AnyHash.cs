using Millrace.Data;

namespace Millrace.State;

/// <summary>The hash of any key type by a virtual call, where a loop need not be specialised.</summary>
internal readonly struct AnyHash<TKey> : IKeyHash<TKey>
{
    public ulong Hash(TKey key) => KeyType<TKey>.Default.Hash(key);

    public bool AreEqual(TKey x, TKey y) => KeyType<TKey>.Default.AreEqual(x, y);

    public TKey Own(TKey key) => KeyType<TKey>.Default.Own(key);
}
