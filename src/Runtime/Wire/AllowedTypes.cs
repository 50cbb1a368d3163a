using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Hyperion;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>The types that Hyperion may write and read for one declared type: all that it names, and what the program adds.</summary>
internal sealed partial class AllowedTypes : ITypeFilter
{
    // What Hyperion puts for the version of the platform's library.
    private const string CoreVersion = ",%core%";

    private readonly Dictionary<string, HyperionShape> _byName = new(StringComparer.Ordinal);

    // Why two names: Hyperion asks by the full one when it writes, and by that of the assembly too when it reads.
    private AllowedTypes(IEnumerable<HyperionShape> shapes)
    {
        foreach (var shape in shapes)
        {
            _byName.TryAdd(Plain(shape.Type.FullName!), shape);
            _byName.TryAdd(Plain(shape.Type.AssemblyQualifiedName!), shape);
        }
    }

    /// <summary>The types for a declared one; null when something in it must not or can't be written.</summary>
    public static AllowedTypes? TryMake(Type type, IReadOnlyCollection<Type> added)
    {
        var types = DeclaredTypes.Of(type).Concat(added.SelectMany(DeclaredTypes.Of)).ToHashSet();
        if (types.Any(IsNeverWritten) || DeclaredTypes.Of(type).Any(declared => !IsKnown(declared, added)))
            return null;
        types.UnionWith(types.SelectMany(StandIns).ToArray());
        var shapes = types.Select(HyperionShape.TryMake).OfType<HyperionShape>().ToArray();
        return shapes.Length == types.Count ? new(shapes) : null;
    }

    /// <inheritdoc/>
    public bool IsAllowed(string typeName) => Find(typeName) is not null;

    /// <summary>How an allowed type is written; null when the name is of no allowed type.</summary>
    public HyperionShape? Find(string typeName) => _byName.GetValueOrDefault(Plain(typeName));

    // What belongs to this process alone, and what has more inside than its fields say.
    private static bool IsNeverWritten(Type type) =>
        type.IsPointer || type.IsByRefLike || type == typeof(nint) || type == typeof(nuint)
        || type.IsDefined(typeof(InlineArrayAttribute)) || type.IsDefined(typeof(UnsafeValueTypeAttribute))
        || new[] { typeof(Delegate), typeof(IDisposable), typeof(Task), typeof(MemberInfo), typeof(Assembly), typeof(Exception) }.Any(kind => kind.IsAssignableFrom(type));

    // Known: the declared type tells what may be found, or the program has said it.
    private static bool IsKnown(Type type, IReadOnlyCollection<Type> added)
    {
        if (added.Contains(type) || added.Any(type.IsAssignableFrom))
            return true;
        if (!DeclaredTypes.IsOfPlatform(type))
            return !type.IsAbstract;
        return type.IsPrimitive || type.IsEnum || type.IsArray || type == typeof(string) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan) || type == typeof(Guid) || Nullable.GetUnderlyingType(type) is not null || typeof(ITuple).IsAssignableFrom(type)
            || (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type));
    }

    /// <summary>What is found where a list or map is declared by an interface, and what Hyperion puts for the entries of a map.</summary>
    private static IEnumerable<Type> StandIns(Type type)
    {
        if (!type.IsGenericType || !DeclaredTypes.IsOfPlatform(type) || !typeof(IEnumerable).IsAssignableFrom(type))
            return [];
        var arguments = type.GetGenericArguments();
        return arguments.Length == 2
            ? [typeof(DictionaryEntry), typeof(KeyValuePair<,>).MakeGenericType(arguments), typeof(Dictionary<,>).MakeGenericType(arguments)]
            : [arguments[0].MakeArrayType(), typeof(List<>).MakeGenericType(arguments)];
    }

    /// <summary>The name without versions, which may change.</summary>
    private static string Plain(string name) => AssemblyDetails().Replace(name, "").Replace(CoreVersion, "", StringComparison.Ordinal);

    [GeneratedRegex(@", Version=[^,\]]+, Culture=[^,\]]+, PublicKeyToken=[^,\]]+")]
    private static partial Regex AssemblyDetails();
}
