namespace Millrace.Runtime.Configuration;

/// <summary>What a node is for; every one takes requests.</summary>
[Flags]
public enum NodeRoles
{
    /// <summary>It may coordinate jobs.</summary>
    Coordinator = 1,

    /// <summary>It takes tasks.</summary>
    Worker = 2,
}
