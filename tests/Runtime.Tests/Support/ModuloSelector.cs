using Millrace.Graphs;

namespace Millrace.Runtime.Tests.Support;

/// <summary>The row's number modulo the partitions.</summary>
internal sealed class ModuloSelector<T>(Func<T, int> numberOf) : ChannelSelector<T>
{
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        for (var row = 0; row < rows.Length; row++)
            partitions[row] = numberOf(rows[row]) % parallelism;
    }
}
