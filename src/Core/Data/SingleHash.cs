namespace Millrace.Data;

/// <summary>Floats, as the doubles of the same value.</summary>
internal readonly struct SingleHash : IKeyHash<float>
{
    public ulong Hash(float key) => StableHash.OfNumber(DoubleHash.Canonical(key));

    public bool AreEqual(float x, float y) => x.Equals(y);

    public float Own(float key) => key;
}
