using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Millrace.Serialization;

/// <content>Lists, sets and maps.</content>
internal sealed partial class CodecMaker
{
    private static readonly Dictionary<Type, string> Collections = new()
    {
        [typeof(List<>)] = nameof(MakeList),
        [typeof(IList<>)] = nameof(MakeIList),
        [typeof(ICollection<>)] = nameof(MakeICollection),
        [typeof(IEnumerable<>)] = nameof(MakeIEnumerable),
        [typeof(IReadOnlyList<>)] = nameof(MakeIReadOnlyList),
        [typeof(IReadOnlyCollection<>)] = nameof(MakeIReadOnlyCollection),
        [typeof(ImmutableArray<>)] = nameof(MakeImmutableArray),
        [typeof(ImmutableList<>)] = nameof(MakeImmutableList),
        [typeof(HashSet<>)] = nameof(MakeHashSet),
        [typeof(ISet<>)] = nameof(MakeISet),
        [typeof(IReadOnlySet<>)] = nameof(MakeIReadOnlySet),
        [typeof(ImmutableHashSet<>)] = nameof(MakeImmutableHashSet),
        [typeof(SortedSet<>)] = nameof(MakeSortedSet),
        [typeof(Queue<>)] = nameof(MakeQueue),
        [typeof(Dictionary<,>)] = nameof(MakeDictionary),
        [typeof(IDictionary<,>)] = nameof(MakeIDictionary),
        [typeof(IReadOnlyDictionary<,>)] = nameof(MakeIReadOnlyDictionary),
        [typeof(SortedDictionary<,>)] = nameof(MakeSortedDictionary),
        [typeof(ImmutableDictionary<,>)] = nameof(MakeImmutableDictionary),
    };

    private Codec<T>? TryMakeCollection<T>(CodecSchema? written, string path)
    {
        var type = typeof(T);
        if (type.IsSZArray)
            return (Codec<T>)MakeParts(nameof(MakeArray), [type.GetElementType()!], written, path);
        return type.IsGenericType && Collections.TryGetValue(type.GetGenericTypeDefinition(), out var maker)
            ? (Codec<T>)MakeParts(maker, type.GetGenericArguments(), written, path)
            : null;
    }

    private object MakeParts(string maker, Type[] types, CodecSchema? written, string path)
    {
        var isMap = types.Length == 2;
        var kind = isMap ? SchemaKind.Map : SchemaKind.List;
        if (written is not null && written.Kind != kind)
            throw Differs(path, written, isMap ? "a map" : "a list");
        var writtenItem = isMap && written is not null ? new CodecSchema(SchemaKind.Tuple, "", written.Parts) : written?.Parts[0].Schema;
        var item = Make(isMap ? typeof(KeyValuePair<,>).MakeGenericType(types) : types[0], writtenItem, $"{path}[]");
        var schema = Shallow(SchemaOf(item), types[0], path);
        // Why: a reader takes no more items than bytes remain, or a few bytes could ask for any memory.
        if (schema.BytesMin == 0)
            throw Refused(types[0], path, "an item without members has no bytes to be written");
        var method = typeof(CodecMaker).GetMethod(maker, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(types);
        return Call(method, null, isMap ? new CodecSchema(SchemaKind.Map, "", schema.Parts) : CodecSchema.Of(SchemaKind.List, schema), item);
    }

    private static Codec<T[]> MakeArray<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<T[], T>(schema, item, static items => items, static items => items);

    private static Codec<List<T>> MakeList<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<List<T>, T>(schema, item, static items => [.. items], static items => CollectionsMarshal.AsSpan(items));

    private static Codec<IList<T>> MakeIList<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<IList<T>, T>(schema, item, static items => [.. items]);

    private static Codec<ICollection<T>> MakeICollection<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<ICollection<T>, T>(schema, item, static items => [.. items]);

    private static Codec<IEnumerable<T>> MakeIEnumerable<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<IEnumerable<T>, T>(schema, item, static items => items);

    private static Codec<IReadOnlyList<T>> MakeIReadOnlyList<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<IReadOnlyList<T>, T>(schema, item, static items => items);

    private static Codec<IReadOnlyCollection<T>> MakeIReadOnlyCollection<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<IReadOnlyCollection<T>, T>(schema, item, static items => items);

    private static Codec<ImmutableArray<T>> MakeImmutableArray<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<ImmutableArray<T>, T>(
        schema, item, ImmutableCollectionsMarshal.AsImmutableArray, static items => items.AsSpan(), static items => items.IsDefault);

    private static Codec<ImmutableList<T>> MakeImmutableList<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<ImmutableList<T>, T>(schema, item, static items => [.. items]);

    private static Codec<HashSet<T>> MakeHashSet<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<HashSet<T>, T>(schema, item, static items => [.. items], isPlain: DefaultComparer.Of);

    private static Codec<ISet<T>> MakeISet<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<ISet<T>, T>(schema, item, static items => new HashSet<T>(items), isPlain: DefaultComparer.Of);

    private static Codec<IReadOnlySet<T>> MakeIReadOnlySet<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<IReadOnlySet<T>, T>(schema, item, static items => new HashSet<T>(items), isPlain: DefaultComparer.Of);

    private static Codec<SortedSet<T>> MakeSortedSet<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<SortedSet<T>, T>(schema, item, static items => [.. items], isPlain: DefaultComparer.Of);

    private static Codec<ImmutableHashSet<T>> MakeImmutableHashSet<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<ImmutableHashSet<T>, T>(schema, item, static items => [.. items], isPlain: DefaultComparer.Of);

    private static Codec<Queue<T>> MakeQueue<T>(CodecSchema schema, Codec<T> item) => new SequenceCodec<Queue<T>, T>(schema, item, static items => new(items));

    private static Codec<Dictionary<TKey, TValue>> MakeDictionary<TKey, TValue>(CodecSchema schema, Codec<KeyValuePair<TKey, TValue>> entry)
        where TKey : notnull => new SequenceCodec<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(schema, entry, static entries => new(entries), isPlain: DefaultComparer.Of);

    private static Codec<IDictionary<TKey, TValue>> MakeIDictionary<TKey, TValue>(CodecSchema schema, Codec<KeyValuePair<TKey, TValue>> entry)
        where TKey : notnull => new SequenceCodec<IDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(schema, entry, static entries => new Dictionary<TKey, TValue>(entries), isPlain: DefaultComparer.Of);

    private static Codec<IReadOnlyDictionary<TKey, TValue>> MakeIReadOnlyDictionary<TKey, TValue>(CodecSchema schema, Codec<KeyValuePair<TKey, TValue>> entry)
        where TKey : notnull => new SequenceCodec<IReadOnlyDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(schema, entry, static entries => new Dictionary<TKey, TValue>(entries), isPlain: DefaultComparer.Of);

    private static Codec<SortedDictionary<TKey, TValue>> MakeSortedDictionary<TKey, TValue>(CodecSchema schema, Codec<KeyValuePair<TKey, TValue>> entry)
        where TKey : notnull => new SequenceCodec<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(schema, entry, static entries => new(new Dictionary<TKey, TValue>(entries)), isPlain: DefaultComparer.Of);

    private static Codec<ImmutableDictionary<TKey, TValue>> MakeImmutableDictionary<TKey, TValue>(CodecSchema schema, Codec<KeyValuePair<TKey, TValue>> entry)
        where TKey : notnull => new SequenceCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>(schema, entry, static entries => entries.ToImmutableDictionary(), isPlain: DefaultComparer.Of);
}
