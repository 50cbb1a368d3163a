namespace Millrace.State;

/// <summary>The storage of a list over its life; its identity survives growing.</summary>
internal sealed class ListBuffer<TItem>
{
    internal TItem[] Items { get; private set; } = [];

    internal void Set(int index, TItem item)
    {
        if (index == Items.Length)
        {
            var items = Items;
            Array.Resize(ref items, Math.Max(4, checked(index * 2)));
            Items = items;
        }

        Items[index] = item;
    }
}
