using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Runtime.Exchange;

/// <summary>Holds a selector of the user to the partitions that there are.</summary>
/// <param name="selector">The user's.</param>
/// <param name="asker">The operator behind the edge: errors count as its own.</param>
internal sealed class CheckedSelector<T>(ChannelSelector<T> selector, OperatorId asker) : ChannelSelector<T>
{
    private const int NotWritten = -1;

    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        // Why: the place to write is a pooled array, and what stands there would pass for an answer.
        partitions.Fill(NotWritten);
        selector.SelectPartitions(rows, partitions, parallelism);
        foreach (var partition in partitions)
        {
            if ((uint)partition >= (uint)parallelism)
                throw new UserFunctionException($"Operator {asker}: partition {partition} found for a row of its input, 0 to {parallelism - 1} expected.") { Operator = asker };
        }
    }
}
