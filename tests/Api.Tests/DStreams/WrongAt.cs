using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A partitioner of three partitions that puts one key somewhere else.</summary>
internal sealed class WrongAt(int key, int partition) : Partitioner<int>(3)
{
    public override int GetPartition(int candidate) => candidate == key ? partition : 0;
}
