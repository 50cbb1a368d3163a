namespace Millrace.Simulation;

/// <summary>The only source of chance in a run: splitmix64, equal on every machine and runtime.</summary>
internal sealed class SimRandom(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15 + 0x1234567;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>Another one, of which this one takes no notice.</summary>
    public SimRandom Fork() => new(_state);

    /// <summary>In [0, <paramref name="limit"/>).</summary>
    public int Below(int limit) => (int)((Next() >> 33) % (ulong)limit);

    /// <summary>In [<paramref name="first"/>, <paramref name="last"/>].</summary>
    public long Between(long first, long last) => first + (long)((Next() >> 1) % (ulong)(last - first + 1));

    /// <summary>True in so many cases of a million.</summary>
    public bool OneIn(int perMillion) => perMillion > 0 && Below(1_000_000) < perMillion;

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
