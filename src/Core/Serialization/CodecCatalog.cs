using System.Collections.Concurrent;
using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>Finds the codec of a type. Thread-safe; what was found once is kept.</summary>
/// <remarks>
/// Of our own: numbers, texts, times, enumerations, tuples, arrays, lists, sets and maps, and records, classes and structs by their members. Other
/// types are for the sources: a serializer that a type names goes before its members, a last resort comes behind them.
/// </remarks>
public sealed class CodecCatalog(params CodecSource[] sources)
{
    private readonly ConcurrentDictionary<Type, object> _codecs = [];
    private readonly ConcurrentDictionary<(Type, CodecSchema), object> _adapted = [];

    internal IReadOnlyList<CodecSource> Sources => sources;

    /// <summary>The codec of a type.</summary>
    /// <exception cref="GraphException">It can't be written: says which member of what is in the way, and what to do.</exception>
    public Codec<T> Of<T>() => (Codec<T>)_codecs.GetOrAdd(typeof(T), static (_, catalog) => new CodecMaker(catalog).Make<T>(null, Name(typeof(T))), this);

    /// <summary>A codec that reads what was written under another schema. A member that is new and optional has its default, one that is gone is left out.</summary>
    /// <exception cref="SchemaException">The types differ in another way; says in which member, and how.</exception>
    /// <exception cref="GraphException">The type can't be written at all.</exception>
    public Codec<T> Of<T>(CodecSchema written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var present = Of<T>();
        return present.Schema.Equals(written)
            ? present
            : (Codec<T>)_adapted.GetOrAdd((typeof(T), written), static (key, catalog) => new CodecMaker(catalog).Make<T>(key.Item2, Name(typeof(T))), this);
    }

    /// <summary>The name of a type in messages and schemas, as in a program: <c>Pair&lt;Int32, String&gt;[]</c>.</summary>
    internal static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        var end = type.Name.IndexOf('`', StringComparison.Ordinal);
        var name = end < 0 ? type.Name : type.Name[..end];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
