namespace Millrace.Runtime.Protocol;

/// <summary>Who is to blame for a task's failure; of two failures of a task, the later one here is the one that matters.</summary>
internal enum FailureKind
{
    /// <summary>A connection: a gap in a channel or its reset. Does not count.</summary>
    Channel,

    /// <summary>A record of the task, not found yet: its epochs run again record by record. Once for each task and epoch at most; does not count.</summary>
    Record,

    /// <summary>The task itself; counts towards the limit of attempts.</summary>
    Task,

    /// <summary>The task itself, and its state is gone with it: it starts afresh from the named rows. Counts as well.</summary>
    TaskAndState,

    /// <summary>The task itself, and another attempt would not help: the job fails at once.</summary>
    Fatal,
}
