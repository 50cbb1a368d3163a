namespace Millrace.Data;

/// <summary>Truth values, as 0 and 1.</summary>
internal readonly struct BooleanHash : IKeyHash<bool>
{
    public ulong Hash(bool key) => StableHash.OfNumber(key ? 1UL : 0UL);

    public bool AreEqual(bool x, bool y) => x == y;

    public bool Own(bool key) => key;
}
