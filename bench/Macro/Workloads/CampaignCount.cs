namespace Millrace.Bench.Macro.Workloads;

/// <summary>W4: views per campaign over tumbling windows of event time. The input ends with a window.</summary>
/// <remarks>As in a DStream the time of an event is that of its batch, which is one second: the engines go by the number of the event or
/// its batch, and none reads a clock. The events are in the order of time.</remarks>
internal static class CampaignCount
{
    public const int Campaigns = 100;

    /// <summary>Batches, that is seconds, of a window.</summary>
    public const int WindowBatches = 10;

    /// <summary>The same in milliseconds of the events' times.</summary>
    public const int WindowMs = WindowBatches * 1000;

    /// <summary>Windows until the events, and their times, begin anew.</summary>
    public const int PoolWindows = 8;

    /// <summary>Batches of four passes over the pool.</summary>
    public const int FourPassesBatches = 4 * PoolWindows * WindowBatches;

    public const int EventsPerWindow = WindowBatches * Input<AdEvent>.BatchSize;

    public static Workload<AdEvent> Workload { get; } = new(
        "w4",
        $"ad campaigns: filter views (1 of 3), count per campaign ({Campaigns}) and tumbling window of {WindowBatches} s of event time; 24-byte events "
            + $"that hold their campaign (no lookup by ad), {Input<AdEvent>.BatchSize} per second of event time",
        () => Generate(WindowBatches),
        Expected);

    public static long WindowCount(Input<AdEvent> input) => input.BatchCount / WindowBatches;

    /// <param name="wholeBatches">The count of batches is a multiple of this, and the pool's too.</param>
    public static Input<AdEvent> Generate(int wholeBatches)
    {
        var random = new XorShift(45);
        var events = new AdEvent[PoolWindows * EventsPerWindow];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new AdEvent(
                i * 1000L / Input<AdEvent>.BatchSize, (long)random.Next(), random.Next(Campaigns), (AdEventType)random.Next(3));
        }

        return new Input<AdEvent>(events, sizeBytes: 24L * events.Length, batchCount: wholeBatches, wholeBatches);
    }

    /// <summary>The plain loop, by the events' own time; a window of the pool gives the same counts in every pass.</summary>
    private static ulong Expected(Input<AdEvent> input, ResultKind kind)
    {
        var counts = new long[PoolWindows, Campaigns];
        foreach (var (timeMs, _, campaign, type) in input.Pool)
        {
            if (type == AdEventType.View) counts[timeMs / WindowMs, campaign]++;
        }

        var checksum = new ResultChecksum();
        var windowsAtOnce = kind == ResultKind.WindowPerFourPasses ? FourPassesBatches / WindowBatches : 1;
        for (long first = 0; first < WindowCount(input); first += windowsAtOnce)
        {
            var end = Math.Min(first + windowsAtOnce, WindowCount(input));
            for (var window = first; window < Math.Min(first + PoolWindows, end); window++)
            {
                var passes = (end - window + PoolWindows - 1) / PoolWindows;
                for (var campaign = 0; campaign < Campaigns; campaign++) checksum.Add(campaign, passes * counts[window % PoolWindows, campaign]);
                checksum.EndBatch();
            }
        }

        return checksum.Value;
    }
}
