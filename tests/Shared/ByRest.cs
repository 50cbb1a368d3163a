using Millrace.DStreams.Rdds;

namespace Millrace.TestInputs;

/// <summary>A partitioner of a user: by the rest of the key. Equal to others of as many partitions. Compiled into each project that needs one.</summary>
internal sealed class ByRest(int numPartitions) : Partitioner<int>(numPartitions)
{
    public override int GetPartition(int key) => (int)((uint)key % (uint)NumPartitions);

    public override bool Equals(object? obj) => obj is ByRest other && other.NumPartitions == NumPartitions;

    public override int GetHashCode() => NumPartitions;
}
