namespace Millrace.Chaos.Cluster;

/// <summary>What happens to a node, or to what all of them need.</summary>
public enum FaultKind
{
    /// <summary>A node gets SIGKILL, and is started again once the others have recovered.</summary>
    Kill,

    /// <summary>A node gets SIGSTOP, and SIGCONT once the others have recovered: it thaws as somebody who was declared dead.</summary>
    Stop,

    /// <summary>As <see cref="Kill"/>, of the node that coordinates the job.</summary>
    Coordinator,

    /// <summary>Two nodes, or one and all the others, can't reach each other, or one way only, until the others have recovered; all reach the database.</summary>
    Partition,

    /// <summary>The database fails as with a loss of power, and is started again.</summary>
    Db,

    /// <summary>A node that does not coordinate runs for one of twenty time slices only, until it is a straggler no more and has got tasks again.</summary>
    Slow,
}
