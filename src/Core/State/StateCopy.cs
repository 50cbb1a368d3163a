using System.Collections.Immutable;
using System.ComponentModel;
using System.Numerics;
using System.Reflection;
using System.Text;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Copies of states that are given to user code, so that code which changes one in place does not change what a failed epoch goes back to.</summary>
/// <remarks>
/// Nothing is copied of a type that can't be changed: numbers, texts, dates, enumerations, tuples and immutable collections of such, types all
/// of whose fields are read-only and of such types (records), and types marked <c>[ImmutableObject(true)]</c>. Arrays and collections of such
/// are copied as they are, with their comparers; everything else is written and read by its codec. A type that no codec can write is taken
/// as it is.
/// </remarks>
public static class StateCopy
{
    private static readonly HashSet<Type> Simple =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Half), typeof(Uri), typeof(Version), typeof(TextSlice), typeof(object),
    ];

    private static readonly HashSet<Type> Holders =
    [
        typeof(Nullable<>), typeof(Option<>), typeof(KeyValuePair<,>), typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableHashSet<>),
        typeof(ImmutableSortedSet<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>),
    ];

    /// <summary>Makes a copy of a state; null where there is no need or no way to.</summary>
    public static Func<TState, TState>? Of<TState>()
    {
        var type = typeof(TState);
        if (CanNotChange(type, []))
            return null;
        return (Func<TState, TState>?)OfCollection(type) ?? ByCodec<TState>();
    }

    private static bool CanNotChange(Type type, HashSet<Type> open)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || Simple.Contains(type) || typeof(Delegate).IsAssignableFrom(type) || !open.Add(type))
            return true;
        if (type.GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true })
            return true;
        if (type.IsArray || type.IsInterface)
            return false;
        if (type.IsGenericType && Holders.Contains(type.GetGenericTypeDefinition()))
            return type.GetGenericArguments().All(argument => CanNotChange(argument, open));
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            // A value is copied with its fields anyway; what its fields refer to is not.
            var fields = level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            if (!fields.All(field => (field.IsInitOnly || type.IsValueType) && CanNotChange(field.FieldType, open)))
                return false;
        }

        return true;
    }

    private static Delegate? OfCollection(Type type)
    {
        if (type == typeof(StringBuilder))
            return (Func<StringBuilder?, StringBuilder?>)(text => text is null ? null : new StringBuilder().Append(text));
        if (type.IsSZArray)
            return Make(nameof(OfArray), type.GetElementType()!);
        if (!type.IsGenericType)
            return null;
        var definition = type.GetGenericTypeDefinition();
        var copy =
            definition == typeof(List<>) ? nameof(OfList)
            : definition == typeof(HashSet<>) ? nameof(OfHashSet)
            : definition == typeof(SortedSet<>) ? nameof(OfSortedSet)
            : definition == typeof(Queue<>) ? nameof(OfQueue)
            : definition == typeof(Dictionary<,>) ? nameof(OfDictionary)
            : definition == typeof(SortedDictionary<,>) ? nameof(OfSortedDictionary)
            : null;
        return copy is null ? null : Make(copy, type.GetGenericArguments());
    }

    private static Delegate? Make(string copy, params Type[] items) => Array.TrueForAll(items, item => CanNotChange(item, []))
        ? (Delegate)typeof(StateCopy).GetMethod(copy, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(items).Invoke(null, null)!
        : null;

    private static Func<T[]?, T[]?> OfArray<T>() => items => (T[]?)items?.Clone();

    private static Func<List<T>?, List<T>?> OfList<T>() => items => items is null ? null : new(items);

    private static Func<HashSet<T>?, HashSet<T>?> OfHashSet<T>() => items => items is null ? null : new(items, items.Comparer);

    private static Func<SortedSet<T>?, SortedSet<T>?> OfSortedSet<T>() => items => items is null ? null : new(items, items.Comparer);

    private static Func<Queue<T>?, Queue<T>?> OfQueue<T>() => items => items is null ? null : new(items);

    private static Func<Dictionary<TKey, TValue>?, Dictionary<TKey, TValue>?> OfDictionary<TKey, TValue>()
        where TKey : notnull => items => items is null ? null : new(items, items.Comparer);

    private static Func<SortedDictionary<TKey, TValue>?, SortedDictionary<TKey, TValue>?> OfSortedDictionary<TKey, TValue>()
        where TKey : notnull => items => items is null ? null : new(items, items.Comparer);

    private static Func<T, T>? ByCodec<T>()
    {
        Codec<T> codec;
        try
        {
            codec = new CodecCatalog().Of<T>();
        }
        catch (GraphException)
        {
            return null;
        }

        return state =>
        {
            using var writer = new CodecWriter();
            codec.Write(writer, state);
            var reader = new CodecReader(writer.WrittenSpan);
            return codec.Read(ref reader);
        };
    }
}
