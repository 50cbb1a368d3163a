namespace Millrace.Runtime.Protocol;

/// <summary>How a job ended.</summary>
internal enum JobOutcome
{
    /// <summary>All sources are exhausted; everything is committed and applied.</summary>
    Completed,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>Given up: a fatal failure, or too many failures in a row.</summary>
    Failed,

    /// <summary>It goes on with other numbers of partitions.</summary>
    Rescaled,
}
