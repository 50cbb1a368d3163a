namespace Millrace.Serialization;

/// <summary>A list: the number of items and one, 0 for null, then the items.</summary>
/// <param name="item">The codec of an item.</param>
/// <param name="make">Makes the list of its items.</param>
/// <param name="isAbsent">Whether a list that is no null reference is written as null.</param>
internal sealed class SequenceCodec<TList, TItem>(Codec<TItem> item, Func<TItem[], TList> make, Predicate<TList>? isAbsent = null) : Codec<TList>
    where TList : IEnumerable<TItem>
{
    /// <inheritdoc/>
    public override CodecSchema Schema { get; } = CodecSchema.Of(SchemaKind.List, item.Schema);

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, TList value)
    {
        if (value is null || isAbsent?.Invoke(value) == true)
        {
            writer.WriteVarint(0);
            return;
        }

        writer.Enter();
        if (value is TItem[] array)
        {
            writer.WriteVarint((ulong)array.Length + 1);
            foreach (var element in array)
                WriteItem(writer, element);
        }
        else
        {
            TItem[] items = [.. value];
            writer.WriteVarint((ulong)items.Length + 1);
            foreach (var element in items)
                WriteItem(writer, element);
        }

        writer.Leave();
    }

    /// <inheritdoc/>
    public override TList Read(ref CodecReader reader)
    {
        var count = reader.ReadListLength();
        if (count < 0)
            return default!;
        reader.Enter();
        var items = new TItem[count];
        for (var i = 0; i < items.Length; i++)
            items[i] = item.Read(ref reader);

        reader.Leave();
        return make(items);
    }

    // Why: a reader takes no more items than bytes remain, or a few bytes could ask for any memory.
    private void WriteItem(CodecWriter writer, TItem element)
    {
        var start = writer.WrittenCount;
        item.Write(writer, element);
        if (writer.WrittenCount == start)
            throw new SchemaException($"A list of {typeof(TItem)} found, whose items have no bytes to be written; give the type a member.");
    }
}
