namespace Millrace.Chaos.Histories;

/// <summary>What can be wrong with the history of a log.</summary>
public enum LogAnomalyKind
{
    /// <summary>An operation that happened has read a record of one that did not.</summary>
    AbortedRead,

    /// <summary>A record that was written was not read, though one behind it was.</summary>
    LostWrite,

    /// <summary>A record stands at several offsets.</summary>
    Duplicate,

    /// <summary>An offset holds several records.</summary>
    InconsistentOffsets,

    /// <summary>Between two polls of a process records were passed over.</summary>
    PollSkip,

    /// <summary>A poll of a process begins at or before the end of the one before.</summary>
    NonmonotonicPoll,

    /// <summary>A send of a process stands at or before the one before.</summary>
    NonmonotonicSend,

    /// <summary>Within one operation, records between two that were read were passed over.</summary>
    InternalPollSkip,

    /// <summary>Within one operation, another's record stands between two that were sent.</summary>
    InternalSendSkip,

    /// <summary>Within one operation, a record read stands at or before the one before.</summary>
    InternalNonmonotonicPoll,

    /// <summary>Within one operation, a record sent stands at or before the one before.</summary>
    InternalNonmonotonicSend,
}
