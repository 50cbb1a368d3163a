namespace Millrace.Runtime.Protocol;

/// <summary>Deliberate mistakes, so that the simulator can show that it would find them. Production code passes none.</summary>
[Flags]
internal enum ProtocolFaults
{
    None = 0,

    /// <summary>Runs an epoch before its plan is durable.</summary>
    ActBeforePlanDurable = 1,

    /// <summary>Commits while one task has not acknowledged.</summary>
    CommitBeforeAllAcks = 1 << 1,

    /// <summary>Counts an acknowledgement whatever its owner and generation.</summary>
    AcceptAckFromFormerOwner = 1 << 2,

    /// <summary>Takes items that were sent for an older generation of the receiver.</summary>
    AcceptOlderGeneration = 1 << 3,

    /// <summary>Goes on behind a gap in a channel's numbers.</summary>
    SkipGap = 1 << 4,

    /// <summary>A surviving task adopts a new generation without rolling back.</summary>
    SkipUndoOnSurvivor = 1 << 5,

    /// <summary>Frees an undo list when the epoch is handed over for writing, not when it is committed.</summary>
    FreeUndoWhenDurable = 1 << 6,

    /// <summary>Writes to the external system without the condition on its watermark.</summary>
    SinkIgnoresPreviousWatermark = 1 << 7,

    /// <summary>Takes an unknown outcome of a write for success.</summary>
    UnknownWriteIsSuccess = 1 << 8,

    /// <summary>A successor seals the latest predecessor only.</summary>
    SealOnlyLatestPredecessor = 1 << 9,

    /// <summary>A successor looks at the latest predecessor only, though it never opened.</summary>
    StopOneStreamTooEarly = 1 << 10,

    /// <summary>Names an image whatever generation it was taken at.</summary>
    NameImageOfAnotherGeneration = 1 << 11,

    /// <summary>Names a snapshot, and trims, before every sink has applied its epoch.</summary>
    TrimBeforeSinksApplied = 1 << 12,

    /// <summary>Trims rows that decisions behind the snapshot name.</summary>
    TrimBeyondSnapshot = 1 << 13,

    /// <summary>A restore takes the image and leaves the rows behind it.</summary>
    RestoreIgnoresRows = 1 << 14,

    /// <summary>A reader opened anew reads a volatile range that another one polled.</summary>
    RereadVolatileRange = 1 << 15,

    /// <summary>A reader opened anew does not count what it can't read.</summary>
    ForgetLostRecords = 1 << 16,

    /// <summary>Takes the next snapshot while the images of a savepoint are being copied.</summary>
    SnapshotWhileCopying = 1 << 17,

    /// <summary>Takes the savepoint of the end before the last poll.</summary>
    LastSavepointTooEarly = 1 << 18,

    /// <summary>Trims what a restore without the last snapshot needs.</summary>
    TrimFormerSnapshot = 1 << 19,

    /// <summary>Lets the sources go on taking in behind the last poll.</summary>
    LastPollTakesIn = 1 << 20,

    /// <summary>Takes a sink without a watermark for one that has nothing.</summary>
    ForgetAppliedEpochs = 1 << 21,

    /// <summary>Gives tasks that have to be together to whoever has the fewest, each.</summary>
    PlaceApart = 1 << 22,

    /// <summary>Gives tasks to a process that is set aside for being slow.</summary>
    OfferTasksToStragglers = 1 << 23,

    /// <summary>Takes a process that is slow for one that is dead.</summary>
    BuryStragglers = 1 << 24,

    /// <summary>Leaves tasks where they are though items can't get from one to the other.</summary>
    IgnoreCutOff = 1 << 25,

    /// <summary>Counts attempts from 1 again when the job has been rescaled.</summary>
    ForgetAttempts = 1 << 26,

    /// <summary>A successor goes on with sources that its predecessor has drained.</summary>
    LeaveSourcesDrained = 1 << 27,
}
