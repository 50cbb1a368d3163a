namespace Millrace.DStreams;

/// <summary>Initialized → Active → Stopped.</summary>
public enum StreamingContextState
{
    /// <summary>Streams and output operations may be added.</summary>
    Initialized,

    /// <summary>Batches run; nothing may be added.</summary>
    Active,

    /// <summary>Ended, by <see cref="StreamingContext.StopAsync"/> or by an error; can't be started again.</summary>
    Stopped,
}
