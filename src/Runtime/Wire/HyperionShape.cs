using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Hyperion;

namespace Millrace.Runtime.Wire;

/// <summary>What Hyperion 0.12 puts behind the name of a type: the values of its fields, or a number of items and these.</summary>
/// <remarks>Hyperion reads fields by their place, whatever names stand in the bytes; so who reads compares the names first.</remarks>
internal sealed class HyperionShape
{
    private const int RankMax = 3;
    private const int FieldsMax = byte.MaxValue;
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly FrozenSet<Type> Primitives = new[]
    {
        typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(char),
        typeof(float), typeof(double), typeof(decimal), typeof(string), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset),
    }.ToFrozenSet();

    private HyperionShape(Type type) => Type = type;

    public Type Type { get; }

    /// <summary>Of what is no collection: the fields in the order in which they are written.</summary>
    public ImmutableArray<(byte[] Name, Type Type)> Fields { get; private init; } = [];

    /// <summary>Of a collection: the type of its items.</summary>
    public Type? Item { get; private init; }

    /// <summary>How many numbers stand before the items of a collection.</summary>
    public int Rank { get; private init; } = 1;

    /// <summary>The shape of a type; null where Hyperion has none, or one that loses something.</summary>
    public static HyperionShape? TryMake(Type type)
    {
        if (type.FullName?.StartsWith("Microsoft.FSharp.Collections.", StringComparison.Ordinal) == true)
            return null;
        if (type.IsArray)
            return type.GetArrayRank() <= RankMax ? new(type) { Item = type.GetElementType(), Rank = type.GetArrayRank() } : null;
        if (ItemOf(type) is { } item)
            return new(type) { Item = item };
        var fields = FieldsOf(type);
        return fields.Length <= FieldsMax ? new(type) { Fields = fields } : null;
    }

    /// <summary>Whether one-dimensional arrays of it go by a manifest of their own, without the name of a type.</summary>
    public static bool IsPrimitive(Type type) => Primitives.Contains(type);

    // The order in which Hyperion looks.
    private static Type? ItemOf(Type type)
    {
        var items = Arguments(type, typeof(IEnumerable<>));
        if (type.Namespace == "System.Collections.Immutable" && items is not null)
            return items[0];
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            return typeof(DictionaryEntry);
        if (Arguments(type, typeof(IDictionary<,>)) is { } pair)
            return typeof(KeyValuePair<,>).MakeGenericType(pair);
        return IsEnumerated(type, items?[0] ?? typeof(object)) ? items?[0] ?? typeof(object) : null;
    }

    private static bool IsEnumerated(Type type, Type item)
    {
        if (!typeof(IEnumerable).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Stack<>)))
            return false;
        if (type.GetProperty("Count")?.PropertyType != typeof(int))
            return false;
        var constructors = type.GetConstructors(Instance);
        return constructors.Any(constructor => constructor.GetParameters() is [var only] && only.ParameterType == typeof(IEnumerable<>).MakeGenericType(item))
            || (constructors.Any(constructor => constructor.GetParameters().Length == 0) && type.GetMethods(Instance).Any(IsAdd));
    }

    private static bool IsAdd(MethodInfo method) =>
        method.Name == "Add" && (method.ReturnType == typeof(void) || method.ReturnType == typeof(bool)) && method.GetParameters().Length == 1;

    private static Type[]? Arguments(Type type, Type definition) =>
        Array.Find(type.GetInterfaces(), candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == definition)?.GetGenericArguments();

    // Why not once each: Hyperion takes what a base class shows to its heirs at every level.
    private static ImmutableArray<(byte[], Type)> FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
            fields.AddRange(level.GetFields(Instance).Where(IsWritten));
        return [.. fields.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => (Encoding.UTF8.GetBytes(field.Name), field.FieldType))];
    }

    private static bool IsWritten(FieldInfo field) =>
        !field.IsDefined(typeof(IgnoreAttribute)) && field.FieldType != typeof(nint) && field.FieldType != typeof(nuint) && field.Name != "_syncRoot";
}
