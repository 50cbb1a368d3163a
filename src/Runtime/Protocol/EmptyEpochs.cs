namespace Millrace.Runtime.Protocol;

/// <summary>What happens at a planning moment when no source has data.</summary>
internal enum EmptyEpochs
{
    /// <summary>An epoch with empty ranges runs.</summary>
    Show,

    /// <summary>The moment is skipped.</summary>
    Coalesce,
}
