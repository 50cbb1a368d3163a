namespace Millrace.Chaos.Processes;

/// <summary>When a victim is killed.</summary>
internal enum KillMoment
{
    /// <summary>Once it runs, and before it has committed anything.</summary>
    Recovery,

    /// <summary>Once it has recovered, while an epoch is in flight.</summary>
    EpochInFlight,

    /// <summary>Once it has recovered, whatever it does.</summary>
    Any,
}
