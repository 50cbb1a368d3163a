using System.Collections.Immutable;
using System.Reflection;

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
        var kind = types.Length == 1 ? SchemaKind.List : SchemaKind.Map;
        if (written is not null && written.Kind != kind)
            throw Differs(path, written, kind == SchemaKind.List ? "a list" : "a map");
        var parts = types.Select((type, i) => Make(type, written?.Parts[i].Schema, $"{path}[{(i == 0 && types.Length == 2 ? "key" : "")}]")).ToArray();
        var method = typeof(CodecMaker).GetMethod(maker, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(types);
        return Call(method, null, parts);
    }

    private static Codec<T[]> MakeArray<T>(Codec<T> item) => new SequenceCodec<T[], T>(item, static items => items);

    private static Codec<List<T>> MakeList<T>(Codec<T> item) => new SequenceCodec<List<T>, T>(item, static items => [.. items]);

    private static Codec<IList<T>> MakeIList<T>(Codec<T> item) => new SequenceCodec<IList<T>, T>(item, static items => [.. items]);

    private static Codec<ICollection<T>> MakeICollection<T>(Codec<T> item) => new SequenceCodec<ICollection<T>, T>(item, static items => [.. items]);

    private static Codec<IEnumerable<T>> MakeIEnumerable<T>(Codec<T> item) => new SequenceCodec<IEnumerable<T>, T>(item, static items => items);

    private static Codec<IReadOnlyList<T>> MakeIReadOnlyList<T>(Codec<T> item) => new SequenceCodec<IReadOnlyList<T>, T>(item, static items => items);

    private static Codec<IReadOnlyCollection<T>> MakeIReadOnlyCollection<T>(Codec<T> item) => new SequenceCodec<IReadOnlyCollection<T>, T>(item, static items => items);

    private static Codec<ImmutableArray<T>> MakeImmutableArray<T>(Codec<T> item) =>
        new SequenceCodec<ImmutableArray<T>, T>(item, System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray, static items => items.IsDefault);

    private static Codec<ImmutableList<T>> MakeImmutableList<T>(Codec<T> item) => new SequenceCodec<ImmutableList<T>, T>(item, static items => [.. items]);

    private static Codec<HashSet<T>> MakeHashSet<T>(Codec<T> item) => new SequenceCodec<HashSet<T>, T>(item, static items => [.. items]);

    private static Codec<ISet<T>> MakeISet<T>(Codec<T> item) => new SequenceCodec<ISet<T>, T>(item, static items => new HashSet<T>(items));

    private static Codec<SortedSet<T>> MakeSortedSet<T>(Codec<T> item) => new SequenceCodec<SortedSet<T>, T>(item, static items => [.. items]);

    private static Codec<Queue<T>> MakeQueue<T>(Codec<T> item) => new SequenceCodec<Queue<T>, T>(item, static items => new(items));

    private static Codec<Dictionary<TKey, TValue>> MakeDictionary<TKey, TValue>(Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => new MapCodec<Dictionary<TKey, TValue>, TKey, TValue>(key, value, static entries => new(entries));

    private static Codec<IDictionary<TKey, TValue>> MakeIDictionary<TKey, TValue>(Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => new MapCodec<IDictionary<TKey, TValue>, TKey, TValue>(key, value, static entries => new Dictionary<TKey, TValue>(entries));

    private static Codec<IReadOnlyDictionary<TKey, TValue>> MakeIReadOnlyDictionary<TKey, TValue>(Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => new MapCodec<IReadOnlyDictionary<TKey, TValue>, TKey, TValue>(key, value, static entries => new Dictionary<TKey, TValue>(entries));

    private static Codec<SortedDictionary<TKey, TValue>> MakeSortedDictionary<TKey, TValue>(Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => new MapCodec<SortedDictionary<TKey, TValue>, TKey, TValue>(key, value, static entries => new(new Dictionary<TKey, TValue>(entries)));

    private static Codec<ImmutableDictionary<TKey, TValue>> MakeImmutableDictionary<TKey, TValue>(Codec<TKey> key, Codec<TValue> value)
        where TKey : notnull => new MapCodec<ImmutableDictionary<TKey, TValue>, TKey, TValue>(key, value, static entries => entries.ToImmutableDictionary());
}
