namespace Millrace.Runtime.Cluster;

/// <summary>Identity of one run of a node: random at its start and never reused, so that a node started again is another one.</summary>
internal readonly record struct NodeUid(ulong Value) : IComparable<NodeUid>
{
    public static NodeUid New() => new(unchecked((ulong)Random.Shared.NextInt64(1, long.MaxValue)));

    public int CompareTo(NodeUid other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Value:x16}";
}
