namespace Millrace.Bench.Macro.Workloads;

/// <summary>What it costs that a record goes to another process: the user ids of W4's events summed per campaign behind an exchange that takes each record.</summary>
internal static class Crossing
{
    /// <summary>Batches of a result, some 100 ms of work.</summary>
    public const int EpochBatches = 20;

    public static Workload<AdEvent> Workload { get; } = new(
        "crossing",
        $"24-byte records by hash to the tasks of their keys, none combined before: sum of the user ids of W4's events per campaign, "
            + $"result per {EpochBatches} batches of {Input<AdEvent>.BatchSize} events",
        () => CampaignCount.Generate(EpochBatches),
        Expected)
    {
        IsForNodes = true,
    };

    /// <summary>The plain loop; the pool holds whole epochs, which give the same sums in every pass.</summary>
    private static ulong Expected(Input<AdEvent> input, ResultKind kind)
    {
        const int EpochEvents = EpochBatches * Input<AdEvent>.BatchSize;
        var sums = new long[input.Pool.Length / EpochEvents, CampaignCount.Campaigns];
        for (var i = 0; i < input.Pool.Length; i++) sums[i / EpochEvents, input.Pool[i].Campaign] += input.Pool[i].UserId;

        var checksum = new ResultChecksum();
        for (long epoch = 0; epoch < input.BatchCount / EpochBatches; epoch++)
        {
            for (var campaign = 0; campaign < CampaignCount.Campaigns; campaign++) checksum.Add(campaign, sums[epoch % sums.GetLength(0), campaign]);
            checksum.EndBatch();
        }

        return checksum.Value;
    }
}
