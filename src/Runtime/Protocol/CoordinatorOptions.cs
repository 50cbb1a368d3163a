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

    /// <value>A process that has joined takes its share of the tasks after this; 0: never. The tasks that move, and all that is connected with them, go back to the last commit.</value>
    public long SpreadAfterMs { get; init; } = 1000;

    /// <value>A process that was slow in so many epochs, less two for each in which it was not, loses its tasks. Default 10; 0: never.</value>
    public int StragglerEpochs { get; init; } = 10;

    /// <value>Slow is who takes more than so many times what others would.</value>
    public double StragglerFactor { get; init; } = 2;

    /// <value>… and, over <see cref="StragglerEpochs"/>, by so much more.</value>
    public long StragglerExcessMs { get; init; } = 50;

    /// <value>A straggler is offered tasks again after this. When it is slow again at once it rests twice as long, and so on, up to 16 times as long.</value>
    public long StragglerRestMs { get; init; } = 60_000;

    /// <value>A process is judged from so long on after it has got tasks: its code has to be compiled first.</value>
    public long StragglerGraceMs { get; init; } = 5000;

    /// <value>Go on where a closed job (completed, stopped, failed) ended. An explicit start does; a takeover does not, and so nobody who has heard another coordinator.</value>
    public bool ResumesClosedJob { get; init; } = true;

    /// <value>Commits that are remembered for processes that missed them and for new owners. Default all; a bound where no task can get a new owner.</value>
    public int CommitsKept { get; init; } = int.MaxValue;

    /// <value>A snapshot is planned at the latest after this many epochs. Default 1000; 0: none (a journal that does not outlive the process).</value>
    public int SnapshotEveryEpochs { get; init; } = 1000;

    /// <value>Bytes of deltas since the last snapshot that call for the next one, if they are more than that one's own size. Default 4 MB.</value>
    public long SnapshotMinBytes { get; init; } = 4L << 20;

    /// <value>Which job this is and what it is made of; written in the first row of the own stream.</value>
    public string Manifest { get; init; } = "";

    /// <value>Predecessor's manifest, own manifest → why this job can't go on from there; null: it can. Not asked when they are equal. Default: it can.</value>
    public Func<string, string, string?>? RefusesManifest { get; init; }

    /// <value>Predecessor's manifest, own manifest → whether the job was rescaled, so that somebody has to go on as the former says. Not asked when they are equal. Default: never.</value>
    public Func<string, string, bool>? IsRescaled { get; init; }

    /// <value>What a job that has no journal yet goes on from: a snapshot whose images stand in its journal already. Default null: from nothing.</value>
    public HistoryImage? Origin { get; init; }

    /// <value>Mixed into every epoch's seed.</value>
    public ulong JobSeed { get; init; }
}
