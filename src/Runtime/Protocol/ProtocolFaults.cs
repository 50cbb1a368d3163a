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

    /// <summary>Names an image whatever generation of its task took it.</summary>
    NameImageOfOtherGeneration = 1 << 10,

    /// <summary>Names a snapshot, and trims, while a sink has not applied its epoch.</summary>
    TrimBeforeApplied = 1 << 11,

    /// <summary>Trims rows behind the snapshot.</summary>
    TrimBeyondSnapshot = 1 << 12,
}
