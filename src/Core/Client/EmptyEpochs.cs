namespace Millrace.Client;

/// <summary>What happens when an epoch's moment comes and no source has anything.</summary>
public enum EmptyEpochs
{
    /// <summary>No epoch is cut.</summary>
    Coalesce,

    /// <summary>An empty epoch runs, because the front end shows it (a DStream's empty batch).</summary>
    Show,
}
