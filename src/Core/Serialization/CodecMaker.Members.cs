using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <content>Records, classes, structs and tuples.</content>
internal sealed partial class CodecMaker
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private Codec<T> FromMembers<T>(CodecSchema? written, string path)
    {
        var type = typeof(T);
        if (WhyNot(type) is { } why)
            throw Refused(type, path, why);
        if (_open.Contains(type))
            throw Refused(type, path, "it holds itself");
        _open.Push(type);
        try
        {
            return Members<T>(written, path);
        }
        finally
        {
            _open.Pop();
        }
    }

    private static string? WhyNot(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
            return "a function can't be written";
        if (type.IsInterface || type.IsAbstract || type == typeof(object))
            return "what it holds is known only when it runs";
        if (type == typeof(nint) || type == typeof(nuint) || typeof(IDisposable).IsAssignableFrom(type) || typeof(Task).IsAssignableFrom(type))
            return "it stands for something of this process alone";
        var isOfPlatform = type.Assembly == typeof(object).Assembly || type.Namespace == "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;
        return isOfPlatform && !IsTuple(type) ? "its inside is the platform's own" : null;
    }

    private static bool IsTuple(Type type) =>
        typeof(ITuple).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)) || type == typeof(ValueTuple);

    private Codec<T> Members<T>(CodecSchema? written, string path)
    {
        var type = typeof(T);
        var kind = IsTuple(type) ? SchemaKind.Tuple : SchemaKind.Object;
        if (written is not null)
            return Adapted<T>(written, kind, path);
        var (members, parts) = (new List<Member<T>>(), ImmutableArray.CreateBuilder<(string, CodecSchema)>());
        foreach (var (name, field) in FieldsOf(type))
        {
            var (member, schema) = MakeMember<T>(field, null, $"{path}.{name}");
            members.Add(member);
            parts.Add((kind == SchemaKind.Tuple ? "" : name, schema));
        }

        var schemaOfValue = new CodecSchema(kind, kind == SchemaKind.Tuple ? "" : CodecCatalog.Name(type), parts.ToImmutable());
        return new MemberCodec<T>(type.IsValueType ? schemaOfValue : CodecSchema.Of(SchemaKind.Nullable, schemaOfValue), members);
    }

    /// <summary>Members in the order in which they were written; those that have come since have their defaults.</summary>
    private Codec<T> Adapted<T>(CodecSchema written, SchemaKind kind, string path)
    {
        var type = typeof(T);
        var value = type.IsValueType ? written : written is { Kind: SchemaKind.Nullable } ? written.Parts[0].Schema : null;
        if (value?.Kind != kind)
            throw Differs(path, written, kind == SchemaKind.Tuple ? "a tuple" : CodecCatalog.Name(type));
        var fields = FieldsOf(type);
        if (kind == SchemaKind.Tuple && fields.Count != value.Parts.Length)
            throw Differs(path, written, $"a tuple of {fields.Count}");
        var (members, found) = (new List<Member<T>>(), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < value.Parts.Length; i++)
        {
            var (name, part) = value.Parts[i];
            var (known, field) = kind == SchemaKind.Tuple ? fields[i] : fields.Find(candidate => candidate.Name == name);
            if (field is null)
            {
                members.Add(new SkippedMember<T>(part));
                continue;
            }

            found.Add(known);
            members.Add(MakeMember<T>(field, part, $"{path}.{known}").Member);
        }

        foreach (var (name, field) in fields.Where(candidate => !found.Contains(candidate.Name)))
            members.Add(Default<T>(name, field, path));
        return new MemberCodec<T>(written, members);
    }

    private (Member<T> Member, CodecSchema Schema) MakeMember<T>(FieldInfo field, CodecSchema? written, string path)
    {
        var codec = Make(field.FieldType, written, path);
        var member = Activator.CreateInstance(typeof(FieldMember<,>).MakeGenericType(typeof(T), field.FieldType), field, codec)!;
        return ((Member<T>)member, (CodecSchema)codec.GetType().GetProperty(nameof(Codec<>.Schema))!.GetValue(codec)!);
    }

    private static Member<T> Default<T>(string name, FieldInfo field, string path)
    {
        var parameter = typeof(T).GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .FirstOrDefault(candidate => candidate.HasDefaultValue && string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase) && candidate.ParameterType == field.FieldType);
        var isOptional = parameter is not null || Nullable.GetUnderlyingType(field.FieldType) is not null
            || (!field.FieldType.IsValueType && new NullabilityInfoContext().Create(field).WriteState != NullabilityState.NotNull);
        if (!isOptional)
            throw new SchemaException($"{path}.{name}: not written, a {CodecCatalog.Name(field.FieldType)} expected; make it nullable, or give its constructor parameter a default.");
        return (Member<T>)Activator.CreateInstance(typeof(DefaultMember<,>).MakeGenericType(typeof(T), field.FieldType), field, parameter?.DefaultValue)!;
    }

    /// <summary>Instance fields, those of base classes first, in order of declaration, by the names of what they stand for.</summary>
    private static List<(string Name, FieldInfo Field)> FieldsOf(Type type)
    {
        var fields = new List<(string, FieldInfo)>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            var own = level.GetFields(Declared).Where(field => !field.IsDefined(typeof(NonSerializedAttribute))).OrderBy(field => field.MetadataToken).Select(field => (NameOf(field), field));
            fields.InsertRange(0, own);
        }

        return fields;
    }

    // <Name>k__BackingField of a property, <name>P of a captured constructor parameter.
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;
}
