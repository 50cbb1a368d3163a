namespace Millrace.Serialization;

/// <summary>A list, set or map: the number of items and one, 0 for null, then the items; a map's are its keys, each followed by its value.</summary>
/// <param name="schema">Of the list, or of the map.</param>
/// <param name="item">The codec of an item.</param>
/// <param name="make">Makes the list of its items.</param>
/// <param name="spanOf">The items in place. <value>Default null: they are enumerated.</value></param>
/// <param name="isAbsent">Whether a list that is no null reference is written as null.</param>
/// <param name="isPlain">Whether items are equal and ordered as they are by themselves. <value>Default null: always.</value></param>
internal sealed class SequenceCodec<TList, TItem>(
    CodecSchema schema,
    Codec<TItem> item,
    Func<TItem[], TList> make,
    SpanOf<TList, TItem>? spanOf = null,
    Predicate<TList>? isAbsent = null,
    Predicate<TList>? isPlain = null) : Codec<TList>
    where TList : IEnumerable<TItem>
{
    /// <inheritdoc/>
    public override CodecSchema Schema => schema;

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, TList value)
    {
        if (value is null || isAbsent?.Invoke(value) == true)
            writer.WriteVarint(0);
        else if (isPlain?.Invoke(value) == false)
            throw new SchemaException($"A {CodecCatalog.Name(typeof(TList))} with the default comparer expected, another comparer found, which can't be written; normalize the keys instead.");
        else if (spanOf is null)
            WriteEach(writer, value);
        else
            WriteAll(writer, spanOf(value));
    }

    /// <inheritdoc/>
    public override TList Read(ref CodecReader reader)
    {
        var count = reader.ReadListLength(schema.ItemBytesMin);
        if (count < 0)
            return default!;
        var items = ItemArray.Begin<TItem>(count, reader.Remaining);
        for (var i = 0; i < count; i++)
        {
            ItemArray.MakeRoom(ref items, i, count);
            items[i] = item.Read(ref reader);
        }

        try
        {
            return make(items);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            throw new CorruptPayloadException($"A {CodecCatalog.Name(typeof(TList))} expected before byte {reader.Position}, a key twice or null found; use another copy.", failure);
        }
    }

    private void WriteEach(CodecWriter writer, TList value)
    {
        if (value is not (ICollection<TItem> or IReadOnlyCollection<TItem>))
        {
            WriteAll(writer, [.. value]);
            return;
        }

        writer.WriteVarint((ulong)value.Count() + 1);
        foreach (var element in value)
            item.Write(writer, element);
    }

    private void WriteAll(CodecWriter writer, ReadOnlySpan<TItem> items)
    {
        writer.WriteVarint((ulong)items.Length + 1);
        foreach (var element in items)
            item.Write(writer, element);
    }
}
