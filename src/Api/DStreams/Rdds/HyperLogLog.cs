using System.Globalization;
using System.Numerics;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Estimates the number of different values from their hashes: registers hold the longest run of leading zeros that was seen.</summary>
/// <remarks>Flajolet et al., 2007, on 64-bit hashes; small counts by the number of empty registers. The standard error is 1.04 ÷ √registers.</remarks>
internal sealed class HyperLogLog(int precision)
{
    private const int PrecisionMin = 4;
    private const int PrecisionMax = 18;

    private readonly byte[] _registers = new byte[1 << precision];

    /// <summary>The number of bits that choose the register.</summary>
    /// <exception cref="GraphException">The deviation needs too many or too few registers.</exception>
    public static int PrecisionFor(double relativeSd)
    {
        var precision = relativeSd > 0 ? Math.Ceiling(2 * Math.Log2(1.04 / relativeSd)) : PrecisionMax + 1;
        if (!(precision is >= PrecisionMin and <= PrecisionMax))
            throw new GraphException(string.Create(CultureInfo.InvariantCulture, $"A relative deviation of {relativeSd} found, 0.0021 to 0.26 expected."));
        return (int)precision;
    }

    public HyperLogLog Add(ulong hash)
    {
        var register = (int)(hash >> (64 - precision));
        var rank = (byte)(Math.Min(BitOperations.LeadingZeroCount(hash << precision), 64 - precision) + 1);
        if (rank > _registers[register])
            _registers[register] = rank;
        return this;
    }

    public static HyperLogLog Merge(HyperLogLog left, HyperLogLog right)
    {
        for (var register = 0; register < left._registers.Length; register++)
            left._registers[register] = Math.Max(left._registers[register], right._registers[register]);
        return left;
    }

    public long Estimate()
    {
        double count = _registers.Length;
        var alpha = _registers.Length switch
        {
            16 => 0.673,
            32 => 0.697,
            64 => 0.709,
            _ => 0.7213 / (1 + (1.079 / count)),
        };
        var estimate = alpha * count * count / _registers.Sum(rank => Math.ScaleB(1, -rank));
        var empty = _registers.Count(rank => rank == 0);
        return (long)Math.Round(estimate <= 2.5 * count && empty > 0 ? count * Math.Log(count / empty) : estimate);
    }
}
