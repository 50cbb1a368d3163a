namespace Millrace.Connectors;

/// <summary>What a sink can promise about a record that an epoch wrote twice because it ran again.</summary>
public enum SinkCapability
{
    /// <summary>Records may go out again: where they go out as they come, with every run again of their epoch; where they go out when it commits, after a process was killed.</summary>
    AtLeastOnce,

    /// <summary>Rows go out when their epoch commits, under an identity that makes a second write harmless.</summary>
    Idempotent,

    /// <summary>Rows go out when their epoch commits, in one transaction with the epoch's number.</summary>
    Transactional,
}
