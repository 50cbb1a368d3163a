using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Runtime.Exchange;

/// <summary>Of the two partitions that a key has, the one to which fewer rows went; what went there is counted by each sender for itself.</summary>
/// <remarks>For two receivers or more. The counts are scratch: what is undone stays counted.</remarks>
internal sealed class TwoChoiceSelector<T>(KeyGroupSelector<T> selector, int receivers) : ChannelSelector<T>
{
    private readonly long[] _sent = new long[receivers];

    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        // Why so many groups: a group of the job holds many keys, and they would all have the same two partitions.
        selector.FindKeyGroups(rows, partitions, int.MaxValue);
        foreach (ref var partition in partitions)
        {
            var (first, second) = CandidatesOf(partition, parallelism);
            partition = _sent[first] <= _sent[second] ? first : second;
            _sent[partition]++;
        }
    }

    /// <summary>Two different partitions, each from its own half of a hash.</summary>
    private static (int First, int Second) CandidatesOf(int group, int parallelism)
    {
        var hash = StableHash.OfNumber((uint)group);
        var first = (uint)hash % (uint)parallelism;
        var step = 1 + ((uint)(hash >> 32) % (uint)(parallelism - 1));
        return ((int)first, (int)((first + step) % (uint)parallelism));
    }
}
