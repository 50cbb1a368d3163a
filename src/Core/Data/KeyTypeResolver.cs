using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Data;

/// <summary>Chooses the hasher of a key type.</summary>
internal static class KeyTypeResolver
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<Type, Type> Plain = new()
    {
        [typeof(sbyte)] = typeof(IntegerHash<sbyte>),
        [typeof(byte)] = typeof(IntegerHash<byte>),
        [typeof(short)] = typeof(IntegerHash<short>),
        [typeof(ushort)] = typeof(IntegerHash<ushort>),
        [typeof(int)] = typeof(IntegerHash<int>),
        [typeof(uint)] = typeof(IntegerHash<uint>),
        [typeof(long)] = typeof(IntegerHash<long>),
        [typeof(ulong)] = typeof(IntegerHash<ulong>),
        [typeof(nint)] = typeof(IntegerHash<nint>),
        [typeof(nuint)] = typeof(IntegerHash<nuint>),
        [typeof(char)] = typeof(IntegerHash<char>),
        [typeof(Int128)] = typeof(WideIntegerHash<Int128>),
        [typeof(UInt128)] = typeof(WideIntegerHash<UInt128>),
        [typeof(bool)] = typeof(BooleanHash),
        [typeof(double)] = typeof(DoubleHash),
        [typeof(float)] = typeof(SingleHash),
        [typeof(Half)] = typeof(HalfHash),
        [typeof(decimal)] = typeof(DecimalHash),
        [typeof(string)] = typeof(TextHash),
        [typeof(TextSlice)] = typeof(TextSliceHash),
        [typeof(Guid)] = typeof(GuidHash),
        [typeof(DateTime)] = typeof(DateTimeHash),
        [typeof(DateTimeOffset)] = typeof(DateTimeOffsetHash),
        [typeof(TimeSpan)] = typeof(TimeSpanHash),
        [typeof(DateOnly)] = typeof(DateOnlyHash),
        [typeof(TimeOnly)] = typeof(TimeOnlyHash),
        [typeof(byte[])] = typeof(BytesHash),
    };

    private static readonly Dictionary<Type, Type> Generic = new()
    {
        [typeof(ValueTuple<>)] = typeof(Tuple1Hash<,>),
        [typeof(ValueTuple<,>)] = typeof(Tuple2Hash<,,,>),
        [typeof(ValueTuple<,,>)] = typeof(Tuple3Hash<,,,,,>),
        [typeof(ValueTuple<,,,>)] = typeof(Tuple4Hash<,,,,,,,>),
        [typeof(ValueTuple<,,,,>)] = typeof(Tuple5Hash<,,,,,,,,,>),
        [typeof(ValueTuple<,,,,,>)] = typeof(Tuple6Hash<,,,,,,,,,,,>),
        [typeof(ValueTuple<,,,,,,>)] = typeof(Tuple7Hash<,,,,,,,,,,,,,>),
        [typeof(Nullable<>)] = typeof(NullableHash<,>),
    };

    internal static KeyType<TKey> Create<TKey>() =>
        (KeyType<TKey>)Activator.CreateInstance(typeof(HashedKeyType<,>).MakeGenericType(typeof(TKey), HashOf(typeof(TKey))))!;

    /// <summary>The hasher struct of a key type.</summary>
    internal static Type HashOf(Type type) => HashOf(type, type, []);

    /// <summary>The members of a record or struct that hold its state, ordered by name.</summary>
    internal static MemberInfo[] MembersOf(Type type)
    {
        var members = new SortedDictionary<string, MemberInfo>(StringComparer.Ordinal);
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            foreach (var field in declaring.GetFields(Instance | BindingFlags.DeclaredOnly))
            {
                var member = field.IsPublic ? field : PropertyOver(field, declaring) as MemberInfo;
                if (member is null)
                {
                    throw new GraphException(
                        $"A key type whose state is public expected, {type} with its private field {field.Name} found; " +
                        "make it a public property or implement IStableKey.");
                }

                members[member.Name] = member;
            }
        }

        return [.. members.Values];
    }

    internal static Type TypeOf(MemberInfo member) =>
        member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    private static Type HashOf(Type type, Type key, HashSet<Type> path)
    {
        if (Plain.TryGetValue(type, out var plain))
        {
            return plain;
        }

        if (typeof(IStableKey).IsAssignableFrom(type) && !type.IsInterface)
        {
            if (type.GetMethod(nameof(Equals), [typeof(object)])?.DeclaringType == typeof(object))
            {
                throw new GraphException(
                    $"A key type with an Equals that goes with its StableHash expected, {Found(type, key)} found, whose objects equal nothing but themselves; " +
                    "override Equals and GetHashCode.");
            }

            return typeof(SelfHash<>).MakeGenericType(type);
        }

        if (type.IsEnum)
        {
            var number = Enum.GetUnderlyingType(type);
            return typeof(EnumHash<,,>).MakeGenericType(type, number, HashOf(number, key, path));
        }

        if (type.IsSZArray)
        {
            var item = type.GetElementType()!;
            return typeof(ArrayHash<,>).MakeGenericType(item, HashOf(item, key, path));
        }

        if (type.IsGenericType && Generic.TryGetValue(type.GetGenericTypeDefinition(), out var generic))
        {
            var items = type.GetGenericArguments();
            return generic.MakeGenericType([.. items, .. items.Select(item => HashOf(item, key, path))]);
        }

        return HashOfMembers(type, key, path);
    }

    private static Type HashOfMembers(Type type, Type key, HashSet<Type> path)
    {
        if (!HasMembers(type))
        {
            throw new GraphException($"{Expected}, {Found(type, key)} found; {Advice}.");
        }

        if (!path.Add(type))
        {
            throw new GraphException($"A key type of finite depth expected, {Found(type, key)} that contains itself found; {Advice}.");
        }

        if (OwnEquality(type) is { } own)
        {
            throw new GraphException(
                $"A key type that equals by its members expected, {Found(type, key)} with its own {own} found, which would not be asked; " +
                "implement IStableKey, whose hash goes with that Equals, or use a record without one.");
        }

        var members = MembersOf(type);
        if (members.Length == 0)
        {
            throw new GraphException($"A key type with public members expected, {Found(type, key)} without any found; {Advice}.");
        }

        foreach (var member in members)
        {
            HashOf(TypeOf(member), key, path);
        }

        path.Remove(type);
        return typeof(MemberHash<>).MakeGenericType(type);
    }

    private const string Expected = "A key type with a stable hash (number, text, time, enum, tuple, array, record or struct of these) expected";

    private const string Advice = "use a record of such values as key, or implement IStableKey";

    private static string Found(Type type, Type key) => type == key ? $"{type}" : $"{type} inside {key}";

    private static bool HasMembers(Type type) =>
        !type.IsPointer && !type.IsByRefLike && !type.IsAbstract && !type.IsInterface && (type.IsValueType ? !type.IsPrimitive : IsRecord(type) || IsAnonymous(type));

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", Instance) is not null;

    private static bool IsAnonymous(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && type.Name.Contains("AnonymousType", StringComparison.Ordinal);

    /// <summary>The Equals or GetHashCode that somebody wrote; null where the compiler did, or nobody.</summary>
    private static string? OwnEquality(Type type)
    {
        // The base library's own (long tuples) equal by their members.
        for (var declaring = type; declaring is not null && declaring.Assembly != typeof(object).Assembly && !IsAnonymous(declaring); declaring = declaring.BaseType)
        {
            foreach (var method in declaring.GetMethods(Instance | BindingFlags.DeclaredOnly))
            {
                var name = method.Name[(method.Name.LastIndexOf('.') + 1)..];
                if (name is nameof(Equals) or nameof(GetHashCode) && !method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
                {
                    return name;
                }
            }
        }

        return null;
    }

    /// <summary>The public property that shows a private field: an automatic one, or one of the same name and type.</summary>
    private static PropertyInfo? PropertyOver(FieldInfo field, Type declaring)
    {
        var end = field.Name.IndexOf('>', StringComparison.Ordinal);
        var name = field.Name[0] == '<' && end > 0 ? field.Name[1..end] : field.Name.TrimStart('_');
        foreach (var property in declaring.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.CanRead && property.GetIndexParameters().Length == 0 && property.PropertyType == field.FieldType &&
                string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return property;
            }
        }

        return null;
    }
}
