namespace Millrace.Runtime.Exchange;

/// <summary>Counts the batches on their way between the tasks of a job. Thread-safe; touched once a batch.</summary>
internal sealed class ChannelMeter
{
    private long _inFlight;
    private long _inFlightMax;
    private long _credits;

    public long InFlight => Interlocked.Read(ref _inFlight);

    public long InFlightMax => Interlocked.Read(ref _inFlightMax);

    /// <summary>Sum of the credits of all channels: what <see cref="InFlightMax"/> can't exceed.</summary>
    public long Credits => Interlocked.Read(ref _credits);

    public void AddChannel(int credits) => Interlocked.Add(ref _credits, credits);

    public void Sent()
    {
        var inFlight = Interlocked.Increment(ref _inFlight);
        var max = Interlocked.Read(ref _inFlightMax);
        while (inFlight > max)
        {
            var seen = Interlocked.CompareExchange(ref _inFlightMax, inFlight, max);
            if (seen == max)
                return;
            max = seen;
        }
    }

    public void WorkedOff() => Interlocked.Decrement(ref _inFlight);
}
