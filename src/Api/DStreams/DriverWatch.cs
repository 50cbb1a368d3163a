using System.Diagnostics;

namespace Millrace.DStreams;

/// <summary>Notices a body that does not come back. The clock is the machine's, also where batch times come from another.</summary>
internal sealed class DriverWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Action<DriverOutput> _onTimeout;
    private readonly Timer _timer;
    private Body? _running;

    /// <param name="timeout">How long a body may run.</param>
    /// <param name="onTimeout">Told, once and on another thread, which output's body is late.</param>
    public DriverWatch(TimeSpan timeout, Action<DriverOutput> onTimeout)
    {
        (Timeout, _onTimeout) = (timeout, onTimeout);
        _timer = new Timer(_ => Look());
    }

    public TimeSpan Timeout { get; }

    public void Begin(DriverOutput output)
    {
        Volatile.Write(ref _running, new(output, Stopwatch.GetTimestamp()));
        _timer.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void End()
    {
        Volatile.Write(ref _running, null);
        _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    // Why it looks how long the body has run: a call that was due for the body before may come when the next one has begun.
    private void Look()
    {
        if (Volatile.Read(ref _running) is not { } body)
            return;
        var left = Timeout - Stopwatch.GetElapsedTime(body.Since);
        if (left > TimeSpan.Zero)
            _timer.Change(left + Tick, System.Threading.Timeout.InfiniteTimeSpan);
        else if (Interlocked.CompareExchange(ref _running, null, body) == body)
            _onTimeout(body.Output);
    }

    private sealed record Body(DriverOutput Output, long Since);
}
