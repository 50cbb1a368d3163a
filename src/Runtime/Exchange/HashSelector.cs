using Millrace.Data;
using Millrace.Graphs;

namespace Millrace.Runtime.Exchange;

/// <summary>The partition that owns the row's key group.</summary>
internal sealed class HashSelector<T>(KeyGroupSelector<T> selector, int keyGroups, int receivers) : ChannelSelector<T>
{
    private readonly int[] _owners = [.. Enumerable.Range(0, keyGroups).Select(group => new KeyGroup(group).OwnerOf(keyGroups, receivers).Number)];

    /// <inheritdoc/>
    public override void SelectPartitions(ReadOnlySpan<T> rows, Span<int> partitions, int parallelism)
    {
        selector.FindKeyGroups(rows, partitions, keyGroups);
        var owners = _owners;
        foreach (ref var partition in partitions)
            partition = owners[partition];
    }
}
