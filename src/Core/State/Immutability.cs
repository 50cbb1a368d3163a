using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Numerics;
using System.Reflection;
using Millrace.Data;

namespace Millrace.State;

/// <summary>Which types can't be changed once they are made.</summary>
/// <remarks>A class that others of its assembly derive from counts as one that can: what stands behind such a reference only the run tells.</remarks>
internal static class Immutability
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly HashSet<Type> Plain =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly),
        typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Half), typeof(Uri), typeof(Version), typeof(TextSlice),
    ];

    private static readonly HashSet<Type> Holders =
    [
        typeof(Nullable<>), typeof(Option<>), typeof(KeyValuePair<,>), typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableHashSet<>),
        typeof(ImmutableSortedSet<>), typeof(ImmutableDictionary<,>), typeof(ImmutableSortedDictionary<,>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>),
    ];

    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    /// <summary>Whether nothing that a variable of the type holds can be changed.</summary>
    public static bool IsImmutable(Type type) => Known.GetOrAdd(type, static key => IsImmutable(key, []));

    /// <summary>The fields of objects of the type, those of base classes too.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            foreach (var field in level.GetFields(Declared))
                yield return field;
        }
    }

    // A type met again on the way is as immutable as the rest of it.
    private static bool IsImmutable(Type type, HashSet<Type> met)
    {
        if (type.IsPrimitive || type.IsEnum || Plain.Contains(type) || !met.Add(type) || type.GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true })
            return true;
        if (type.IsArray || type.IsInterface || type.IsAbstract || type.IsPointer || type == typeof(object) || typeof(Delegate).IsAssignableFrom(type))
            return false;
        if (type.IsGenericType && Holders.Contains(type.GetGenericTypeDefinition()))
            return type.GetGenericArguments().All(argument => IsImmutable(argument, met));
        // A value is copied with its fields anyway; what its fields refer to is not.
        return FieldsOf(type).All(field => (field.IsInitOnly || type.IsValueType) && IsImmutable(field.FieldType, met)) && !HasDerived(type);
    }

    private static bool HasDerived(Type type)
    {
        if (type.IsSealed)
            return false;
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return type.Assembly.GetTypes().Any(other => DerivesFrom(other.BaseType, definition));
    }

    private static bool DerivesFrom(Type? type, Type definition)
    {
        for (; type is not null; type = type.BaseType)
        {
            if ((type.IsGenericType ? type.GetGenericTypeDefinition() : type) == definition)
                return true;
        }

        return false;
    }
}
