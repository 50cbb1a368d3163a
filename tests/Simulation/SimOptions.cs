namespace Millrace.Simulation;

/// <summary>How hostile the world of one run is; drawn from its seed. Chances are per million.</summary>
internal sealed class SimOptions
{
    public int Nodes = 3;
    public int Sources = 2;
    public int Stage1 = 2;
    public int Stage2 = 2;
    public bool HasSecondPipeline;
    public int RecordsPerSource = 20;
    public int Credit = 6;
    public long IntervalMs = 60;
    public bool ShowsEmptyEpochs = true;
    public long FaultsUntilMs = 1500;
    public int Faults;
    public int Loss;
    public int Duplicate;
    public int Slow;
    public int UnknownWrite;
    public int ReadFailure;
    public int Throw;
    public int Ambush;
    public bool OnlyResets;

    /// <summary>When the other faults end, two processes can't exchange items for the rest of the run.</summary>
    public bool CutsForGood;

    /// <summary>One process without leases, as embedded in a program.</summary>
    public bool IsEmbedded;

    /// <summary>Asked to stop gracefully from then on; 0: never.</summary>
    public long StopsAtMs;
    public int MaxInflight = 3;

    /// <summary>A snapshot is planned after so many epochs; 0: never.</summary>
    public int SnapshotEvery;

    /// <summary>Orders and savepoints that users ask for.</summary>
    public int Asks;

    /// <summary>Times that the job is rescaled.</summary>
    public int Rescales;

    public bool HasVolatileSources;
    public bool HasChunks;

    /// <summary>Sinks keep no watermark: an epoch may be given to them more than once, by its number.</summary>
    public bool HasForgetfulSinks;

    /// <summary>The sinks have to be in one process.</summary>
    public bool HasSinksTogether;

    /// <summary>A process that has joined takes its share after that; 0: never.</summary>
    public long SpreadAfterMs;

    /// <summary>Times that a process becomes slow for a while.</summary>
    public int Slowdowns;

    /// <summary>Epochs in which a process was slow before it loses its tasks.</summary>
    public int StragglerEpochs = 5;

    public long StragglerGraceMs = 100;

    public long StragglerRestMs = 500;

    /// <summary>Images take so much longer to write than rows.</summary>
    public long ImageDelayMs;

    /// <summary>A restore finds its image of the last snapshot damaged.</summary>
    public int DamagedImage;
    public long DeadlineMs = 60_000;

    public static SimOptions Draw(SimRandom random)
    {
        var options = new SimOptions
        {
            Nodes = 3 + random.Below(2),
            Sources = 1 + random.Below(3),
            Stage1 = 1 + random.Below(3),
            Stage2 = 1 + random.Below(2),
            HasSecondPipeline = random.Below(3) == 0,
            RecordsPerSource = 10 + random.Below(30),
            Credit = 1 + random.Below(6),
            IntervalMs = 40 + random.Below(80),
            ShowsEmptyEpochs = random.Below(2) == 0,
            FaultsUntilMs = 800 + random.Below(2700),
            Faults = random.Below(10),
        };
        if (random.Below(2) == 0)
        {
            options.Loss = random.Below(200_000);
            options.Duplicate = random.Below(100_000);
        }

        options.Slow = random.Below(3) == 0 ? random.Below(100_000) : 0;
        options.UnknownWrite = random.Below(2) == 0 ? random.Below(200_000) : 0;
        options.ReadFailure = random.Below(3) == 0 ? random.Below(200_000) : 0;
        options.Throw = random.Below(3) == 0 ? random.Below(12_000) : 0;
        options.Ambush = random.Below(3) == 0 ? 400_000 : 0;
        options.OnlyResets = random.Below(8) == 0;
        options.MaxInflight = 1 + random.Below(4);
        options.StopsAtMs = random.Below(8) == 0 ? random.Between(100, options.FaultsUntilMs + 500) : 0;
        if (random.Below(6) == 0)
        {
            options.Faults += 20;
        }

        if (random.Below(8) == 0)
        {
            options.IsEmbedded = true;
            options.Nodes = 1;
        }

        options.SnapshotEvery = random.Below(4) == 0 ? 0 : 3 + random.Below(8);
        options.HasVolatileSources = random.Below(3) == 0;
        options.HasChunks = random.Below(2) == 0;
        options.ImageDelayMs = random.Below(3) == 0 ? 20 + random.Below(200) : 0;
        options.Asks = random.Below(3) == 0 ? 1 + random.Below(6) : 0;
        options.SpreadAfterMs = random.Below(2) == 0 ? 0 : 50 + random.Below(500);
        options.HasForgetfulSinks = random.Below(4) == 0;
        options.DamagedImage = random.Below(3) == 0 ? random.Below(500_000) : 0;
        options.HasSinksTogether = random.Below(3) == 0;
        // Why forked: runs without a slow process stay what they were.
        options.DrawSlowdowns(random.Fork());
        options.DrawRescales(random.Fork());
        options.CutsForGood = !options.IsEmbedded && random.Below(6) == 0;
        return options;
    }

    // Why mixed: the fork has drawn the slow processes already.
    private void DrawRescales(SimRandom random)
    {
        var mixed = new SimRandom(SimRandom.Mix(random.Next()));
        Rescales = mixed.Below(3) == 0 ? 1 + mixed.Below(3) : 0;
    }

    private void DrawSlowdowns(SimRandom random)
    {
        Slowdowns = random.Below(3) == 0 ? 1 + random.Below(4) : 0;
        StragglerEpochs = 1 + random.Below(5);
        StragglerGraceMs = random.Below(2) == 0 ? 0 : random.Below(300);
        StragglerRestMs = 100 + random.Below(900);
    }
}
