namespace Millrace.Bench.Macro.Workloads;

/// <summary>Marsaglia's xorshift64*: the same seed gives the same input on every machine and runtime.</summary>
internal sealed class XorShift(ulong seed)
{
    private ulong _state = seed == 0 ? 0x9E3779B97F4A7C15 : seed;

    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545F4914F6CDD1D;
    }

    /// <summary>Uniform in [0, <paramref name="exclusiveMax"/>), by the high half of a product: no modulo bias worth naming.</summary>
    public int Next(int exclusiveMax) => (int)Math.BigMul(Next(), (ulong)exclusiveMax, out _);

    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
