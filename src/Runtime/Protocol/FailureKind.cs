namespace Millrace.Runtime.Protocol;

/// <summary>Who is to blame for a task's failure.</summary>
internal enum FailureKind
{
    /// <summary>The task itself; counts towards the limit of attempts.</summary>
    Task,

    /// <summary>A connection: a gap in a channel or its reset. Does not count.</summary>
    Channel,

    /// <summary>The task itself, and its state is gone with it: it starts afresh from the named rows. Counts as well.</summary>
    TaskAndState,

    /// <summary>The task itself, and another attempt would not help: the job fails at once.</summary>
    Fatal,
}
