namespace Millrace.DStreams.Rdds;

/// <summary>Where the computed rows of an RDD are kept.</summary>
public enum StorageLevel
{
    /// <summary>Nowhere: every action computes them anew.</summary>
    None,

    /// <summary>In the memory of this process, as objects. A partition that was dropped, or lost with the executor that held it, is computed again from its parents.</summary>
    MemoryOnly,
}
