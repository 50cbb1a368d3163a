namespace Millrace.DStreams;

/// <summary>Notices a body that does not come back. The clock is the machine's, also where batch times come from another.</summary>
internal sealed class DriverWatch : IDisposable
{
    private const int Nobody = -1;

    private readonly Timer _timer;
    private int _running = Nobody;

    /// <param name="timeout">How long a body may run.</param>
    /// <param name="onTimeout">Told, once and on another thread, which output's body is late.</param>
    public DriverWatch(TimeSpan timeout, Action<int> onTimeout)
    {
        Timeout = timeout;
        _timer = new Timer(_ =>
        {
            var late = Interlocked.Exchange(ref _running, Nobody);
            if (late != Nobody)
                onTimeout(late);
        });
    }

    public TimeSpan Timeout { get; }

    public void Begin(int output)
    {
        Volatile.Write(ref _running, output);
        _timer.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void End()
    {
        Volatile.Write(ref _running, Nobody);
        _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
