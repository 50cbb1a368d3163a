namespace Millrace.Runtime.Protocol;

/// <summary>How an append ended.</summary>
internal enum AppendOutcome
{
    Ok,

    /// <summary>The number was taken: nothing was written by this call. An earlier call of unknown outcome may have written it.</summary>
    Conflict,

    /// <summary>Time-out, broken connection, restart: it may have happened, may not have, and may still happen.</summary>
    Unknown,
}
