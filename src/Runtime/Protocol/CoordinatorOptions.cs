using Millrace.Client;

namespace Millrace.Runtime.Protocol;

/// <summary>What a job asks of its coordinator.</summary>
internal sealed record CoordinatorOptions
{
    /// <value>Time between planning moments. 0: the next one comes as soon as the last is done.</value>
    public long EpochIntervalMs { get; init; } = 100;

    /// <value>The first planning moment; null: when the tasks have been placed.</value>
    public long? FirstTimeMs { get; init; }

    /// <value>Moments missed by more than this while no coordinator ran are skipped. Default: all are made up for.</value>
    public long MaxCatchUpMs { get; init; } = long.MaxValue;

    /// <value>Epochs that are planned but not yet committed and applied by every sink. Default 3.</value>
    public int MaxInflightEpochs { get; init; } = 3;

    public EmptyEpochs EmptyEpochs { get; init; }

    /// <value>Failures of tasks in a row, without a commit in between, that fail the job. Default 4.</value>
    public int MaxAttempts { get; init; } = 4;

    /// <value>Lease of a process; 0 switches leases off (single process: it is lost only when told).</value>
    public long LeaseMs { get; init; } = 500;

    /// <value>Time between beats.</value>
    public long BeatMs { get; init; } = 100;

    /// <value>An unanswered message is repeated after this.</value>
    public long RepeatMs { get; init; } = 100;

    /// <value>A standby takes over when it has heard nothing for this long; 0: at its first tick.</value>
    public long TakeoverAfterMs { get; init; } = 700;

    /// <value>Pause before an append or a read of unknown outcome is repeated.</value>
    public long JournalRetryMs { get; init; } = 50;

    /// <value>First placement waits for this many processes …</value>
    public int ExpectedProcesses { get; init; } = 1;

    /// <value>… but not longer than this, if there is at least one.</value>
    public long PlacementGraceMs { get; init; } = 1000;

    /// <value>Go on where a closed job (completed, stopped, failed) ended. An explicit start does; a takeover does not.</value>
    public bool ResumesClosedJob { get; init; } = true;

    /// <value>Commits that are remembered for processes that missed them and for new owners. Default all; a bound where no task can get a new owner.</value>
    public int CommitsKept { get; init; } = int.MaxValue;

    /// <value>A snapshot is taken after so many epochs at the latest; 0: never, where nothing is durable.</value>
    public long SnapshotEveryEpochs { get; init; }

    /// <value>It is taken earlier when deltas since the last one have outgrown it and this many bytes. Default 4 MB.</value>
    public long SnapshotMinBytes { get; init; } = 4 << 20;

    /// <value>Which job this is and what it is made of, as written to the journal.</value>
    public string Manifest { get; init; } = "";

    /// <value>Given the manifest found and the own one: why this job can't go on from there; null: it can. Default: it always can.</value>
    public Func<string, string, string?> RefuseManifest { get; init; } = static (_, _) => null;

    /// <value>Mixed into every epoch's seed.</value>
    public ulong JobSeed { get; init; }
}
