using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Millrace.Data;

namespace Millrace.DStreams;

/// <summary>Tells listeners of events, on a thread of its own once there is one. Events behind the ten thousandth that waits are dropped and counted.</summary>
internal sealed class ListenerBus(ILogger logger) : IDisposable
{
    private const int WaitingMax = 10_000;

    private readonly BlockingCollection<Action<StreamingListener>> _events = new(WaitingMax);
    private readonly Lock _lock = new();
    private volatile List<StreamingListener> _listeners = [];
    private bool _isRunning;
    private long _dropped;

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Add(StreamingListener listener)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners, listener];
            if (_isRunning)
                return;
            _isRunning = true;
        }

        new Thread(Run) { IsBackground = true, Name = "millrace-listeners" }.Start();
    }

    public void Remove(StreamingListener listener)
    {
        lock (_lock)
            _listeners = [.. _listeners.Where(other => !ReferenceEquals(other, listener))];
    }

    public void Post(Action<StreamingListener> tell)
    {
        if (_listeners.Count == 0)
            return;
        try
        {
            if (!_events.TryAdd(tell))
                Interlocked.Increment(ref _dropped);
        }
        catch (InvalidOperationException)
        {
            // The context has ended: nobody listens any more.
        }
    }

    /// <summary>Ends the thread once the events that wait have been told.</summary>
    public void Dispose() => _events.CompleteAdding();

    private void Run()
    {
        foreach (var tell in _events.GetConsumingEnumerable())
        {
            foreach (var listener in _listeners)
            {
                try
                {
                    tell(listener);
                }
                catch (Exception cause)
                {
                    Remove(listener);
                    ContextLog.ListenerLeftOut(logger, listener.GetType().Name, UserText.Of(cause));
                }
            }
        }
    }
}
