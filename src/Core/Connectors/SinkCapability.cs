namespace Millrace.Connectors;

/// <summary>What a sink can promise about a record that an epoch wrote twice because it ran again.</summary>
public enum SinkCapability
{
    /// <summary>Records go out as they come; a run again writes them again.</summary>
    AtLeastOnce,

    /// <summary>Rows go out when their epoch commits, under an identity that makes a second write harmless.</summary>
    Idempotent,

    /// <summary>Rows go out when their epoch commits, in one transaction with the epoch's number.</summary>
    Transactional,
}
