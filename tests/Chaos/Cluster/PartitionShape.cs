namespace Millrace.Chaos.Cluster;

/// <summary>Which ways are cut.</summary>
internal enum PartitionShape
{
    /// <summary>Those between a node and all others.</summary>
    Alone,

    /// <summary>Those from all others to a node.</summary>
    Deaf,

    /// <summary>Those from a node to all others.</summary>
    Mute,

    /// <summary>Those between a node and the next one.</summary>
    Pair,

    /// <summary>That from a node to the next one.</summary>
    OneWay,
}
