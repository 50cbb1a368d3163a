namespace Millrace.Connectors.Sockets;

/// <summary>How long to wait before the next try: doubling from the least to the longest wait, less a random part of at most a fifth.</summary>
internal sealed class ReconnectBackoff(TimeSpan delayMin, TimeSpan delayMax, Random random)
{
    private const double JitterMax = 0.2;

    private TimeSpan? _delay;

    /// <summary>The wait before the next try.</summary>
    public TimeSpan Next()
    {
        var delay = _delay ?? delayMin;
        _delay = delay > delayMax / 2 ? delayMax : delay * 2;
        return delay * (1 - JitterMax * random.NextDouble());
    }

    /// <summary>A try was worth it: begins at the least wait again.</summary>
    public void Reset() => _delay = null;
}
