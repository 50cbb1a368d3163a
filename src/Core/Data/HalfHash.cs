namespace Millrace.Data;

/// <summary>Half-precision numbers, as the doubles of the same value.</summary>
internal readonly struct HalfHash : IKeyHash<Half>
{
    public ulong Hash(Half key) => StableHash.OfNumber(DoubleHash.Canonical((double)key));

    public bool AreEqual(Half x, Half y) => x.Equals(y);

    public Half Own(Half key) => key;
}
