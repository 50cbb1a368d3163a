using Millrace.Graphs;

namespace Millrace.DStreams;

/// <summary>Row by row to all partitions in turn: each gets as many as the others, give or take one for each sending batch.</summary>
/// <remarks>Batches begin where the last one of any sender ended, so that many small ones are spread as evenly as a large one.</remarks>
internal sealed class RowsInTurn<T> : ChannelSelector<T>
{
    private int _next;

    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        var turn = unchecked((uint)(Interlocked.Add(ref _next, rows.Length) - rows.Length));
        for (var row = 0; row < rows.Length; row++)
            partitions[row] = (int)(unchecked(turn + (uint)row) % (uint)parallelism);
    }
}
