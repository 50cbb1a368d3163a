namespace Millrace.Data;

/// <summary>Decimals by value: 1.0 is 1.00, −0 is 0.</summary>
internal readonly struct DecimalHash : IKeyHash<decimal>
{
    public ulong Hash(decimal key)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(key, bits);
        var digits = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]);
        var scale = (bits[3] >> 16) & 0xff;
        if (digits == UInt128.Zero)
        {
            return StableHash.Combine(StableHash.OfNumber(0), 0);
        }

        while (scale > 0)
        {
            var (quotient, remainder) = UInt128.DivRem(digits, 10);
            if (remainder != UInt128.Zero)
            {
                break;
            }

            digits = quotient;
            scale--;
        }

        var sign = bits[3] < 0 ? 1UL : 0UL;
        return StableHash.Combine(StableHash.OfNumber((ulong)digits), ((ulong)(digits >> 64) << 32) | ((ulong)(uint)scale << 1) | sign);
    }

    public bool AreEqual(decimal x, decimal y) => x == y;

    public decimal Own(decimal key) => key;
}
