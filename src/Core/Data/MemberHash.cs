namespace Millrace.Data;

/// <summary>Records and structs by their members; see <see cref="KeyMembers{TKey}"/>.</summary>
internal readonly struct MemberHash<TKey> : IKeyHash<TKey>
{
    public ulong Hash(TKey key) => KeyMembers<TKey>.Hash(key);

    public bool AreEqual(TKey x, TKey y) => KeyMembers<TKey>.AreEqual(x, y);

    public TKey Own(TKey key) => key;
}
