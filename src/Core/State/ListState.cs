namespace Millrace.State;

/// <summary>The list of one key: the first <paramref name="Count"/> items of a buffer.</summary>
/// <remarks>A buffer is only appended to, so an older count still names the older list: undo is putting back count and buffer.</remarks>
internal readonly record struct ListState<TItem>(ListBuffer<TItem>? Buffer, int Count)
{
    internal ReadOnlySpan<TItem> Items => Buffer is null ? [] : Buffer.Items.AsSpan(0, Count);

    internal ListState<TItem> Append(TItem item)
    {
        var buffer = Buffer ?? new ListBuffer<TItem>();
        buffer.Set(Count, item);
        return new ListState<TItem>(buffer, Count + 1);
    }
}
