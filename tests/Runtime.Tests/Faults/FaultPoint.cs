namespace Millrace.Runtime.Tests.Faults;

/// <summary>A place in a user function that throws: at the calls from <paramref name="firstCall"/> on, so many times, or at one record for ever.</summary>
internal sealed class FaultPoint(long firstCall, int times, long? poison)
{
    private long _calls;
    private int _left = times;
    private int _thrown;

    public int Thrown => Volatile.Read(ref _thrown);

    public void OnCall(long value)
    {
        if (value == poison)
            Throw("poison");
        if (_left > 0 && Interlocked.Increment(ref _calls) >= firstCall && Interlocked.Decrement(ref _left) >= 0)
            Throw("transient");
    }

    private void Throw(string what)
    {
        Interlocked.Increment(ref _thrown);
        throw new FormatException($"{what} fault");
    }
}
