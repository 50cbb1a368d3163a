namespace Millrace.DStreams;

/// <summary>Notices a body that does not come back. The clock is the machine's, also where batch times come from another.</summary>
internal sealed class DriverWatch : IDisposable
{
    private readonly Timer _timer;
    private DriverOutput? _running;

    /// <param name="timeout">How long a body may run.</param>
    /// <param name="onTimeout">Told, once and on another thread, which output's body is late.</param>
    public DriverWatch(TimeSpan timeout, Action<DriverOutput> onTimeout)
    {
        Timeout = timeout;
        _timer = new Timer(_ =>
        {
            if (Interlocked.Exchange(ref _running, null) is { } late)
                onTimeout(late);
        });
    }

    public TimeSpan Timeout { get; }

    public void Begin(DriverOutput output)
    {
        Volatile.Write(ref _running, output);
        _timer.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void End()
    {
        Volatile.Write(ref _running, null);
        _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
