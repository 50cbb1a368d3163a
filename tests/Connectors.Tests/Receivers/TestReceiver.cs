using Millrace.Connectors.Receivers;

namespace Millrace.Connectors.Tests.Receivers;

/// <summary>A receiver that does what a test gives it.</summary>
internal sealed class TestReceiver(Action<TestReceiver, int>? onStart = null, Action? onStop = null) : Receiver<int>
{
    private int _starts;
    private int _stops;

    public int Starts => Volatile.Read(ref _starts);

    public int Stops => Volatile.Read(ref _stops);

    protected internal override void OnStart() => onStart?.Invoke(this, Interlocked.Increment(ref _starts));

    protected internal override void OnStop()
    {
        Interlocked.Increment(ref _stops);
        onStop?.Invoke();
    }
}
