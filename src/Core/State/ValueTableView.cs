using System.Diagnostics.CodeAnalysis;

namespace Millrace.State;

/// <inheritdoc/>
/// <param name="table">It.</param>
/// <param name="ownerType">See the base.</param>
/// <param name="ownerHash">See the base.</param>
/// <param name="show">What is shown of a value, given the epoch.</param>
internal sealed class ValueTableView<TKey, TValue, TShown>(ValueTable<TKey, TValue> table, Type ownerType, Func<TKey, ulong> ownerHash, Func<TKey, TValue, long, TShown> show)
    : TableView<TKey, TShown>(ownerType, ownerHash)
{
    /// <inheritdoc/>
    public override long Count(long epoch) => table.CountAt(epoch);

    /// <inheritdoc/>
    public override bool TryGet(TKey key, long epoch, [MaybeNullWhen(false)] out TShown value)
    {
        var isFound = table.TryGetAt(key, epoch, out var found);
        value = isFound ? show(key, found!, epoch) : default;
        return isFound;
    }

    /// <inheritdoc/>
    public override uint? Read(long epoch, uint from, int max, List<(uint Position, TKey Key, TShown Value)> entries)
    {
        var found = new List<(uint Position, TKey Key, TValue Value)>();
        var next = table.ReadAt(epoch, from, max, found);
        foreach (var (position, key, value) in found)
            entries.Add((position, key, show(key, value, epoch)));
        return next;
    }
}
