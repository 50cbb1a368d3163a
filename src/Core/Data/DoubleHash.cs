namespace Millrace.Data;

/// <summary>Doubles by their bits; −0 is +0 and every NaN is one key.</summary>
internal readonly struct DoubleHash : IKeyHash<double>
{
    public ulong Hash(double key) => StableHash.OfNumber(Canonical(key));

    public bool AreEqual(double x, double y) => x.Equals(y);

    public double Own(double key) => key;

    internal static ulong Canonical(double key) =>
        double.IsNaN(key) ? 0x7ff8_0000_0000_0000 : BitConverter.DoubleToUInt64Bits(key + 0.0);
}
