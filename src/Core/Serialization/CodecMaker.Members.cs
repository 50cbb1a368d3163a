using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <content>Records, classes, structs and tuples.</content>
internal sealed partial class CodecMaker
{
    private Codec<T> FromMembers<T>(CodecSchema? written, string path)
    {
        var type = typeof(T);
        if (WhyNot(type) is { } why)
            throw Refused(type, path, why);
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
        if (type.IsDefined(typeof(InlineArrayAttribute)) || type.IsDefined(typeof(UnsafeValueTypeAttribute)))
            return "one member of it stands for many";
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            if (DeclaredTypes.IsOfPlatform(level) && !IsTuple(level))
                return "its inside is the platform's own";
        }

        return null;
    }

    private static bool IsTuple(Type type) =>
        type == typeof(ValueTuple) || (DeclaredTypes.IsOfPlatform(type) && (typeof(ITuple).IsAssignableFrom(type) || DeclaredTypes.IsGeneric(type, typeof(KeyValuePair<,>))));

    private Codec<T> Members<T>(CodecSchema? written, string path)
    {
        var type = typeof(T);
        var kind = IsTuple(type) ? SchemaKind.Tuple : SchemaKind.Object;
        if (written is not null)
            return Adapted<T>(written, kind, path);
        var (code, parts) = (new MemberCode<T>(), ImmutableArray.CreateBuilder<(string, CodecSchema)>());
        foreach (var (name, field) in FieldsOf(type))
        {
            var codec = Make(field.FieldType, null, $"{path}.{name}");
            code.Field(field, codec);
            parts.Add((kind == SchemaKind.Tuple ? "" : name, SchemaOf(codec)));
        }

        var schema = Shallow(new CodecSchema(kind, kind == SchemaKind.Tuple ? "" : CodecCatalog.Name(type), parts.ToImmutable()), type, path);
        return code.Finish(type.IsValueType ? schema : CodecSchema.Of(SchemaKind.Nullable, schema));
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
        var (code, found) = (new MemberCode<T>(), new HashSet<FieldInfo>());
        for (var i = 0; i < value.Parts.Length; i++)
        {
            var (name, part) = value.Parts[i];
            var (known, field) = kind == SchemaKind.Tuple ? fields[i] : fields.Find(candidate => candidate.Name == name);
            if (field is not null && found.Add(field))
                code.Field(field, Make(field.FieldType, part, $"{path}.{known}"));
            else
                code.Skip(part);
        }

        foreach (var (name, field) in fields.Where(candidate => !found.Contains(candidate.Field)))
            AddDefault(code, name, field, path);
        return code.Finish(written);
    }

    private static void AddDefault<T>(MemberCode<T> code, string name, FieldInfo field, string path)
    {
        var parameter = typeof(T).GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .FirstOrDefault(candidate => candidate.HasDefaultValue && string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase) && candidate.ParameterType == field.FieldType);
        if (parameter?.DefaultValue is { } value)
        {
            // Why: the default of an optional enumeration is given as its number.
            code.Default(field, Nullable.GetUnderlyingType(field.FieldType) is { IsEnum: true } type ? Enum.ToObject(type, value) : value);
            return;
        }

        var isOptional = parameter is not null || Nullable.GetUnderlyingType(field.FieldType) is not null
            || (!field.FieldType.IsValueType && new NullabilityInfoContext().Create(field).WriteState != NullabilityState.NotNull);
        if (!isOptional)
            throw new SchemaException($"{path}.{name}: not written, {CodecCatalog.Name(field.FieldType)} expected; make it nullable, or give its constructor parameter a default.");
    }

    /// <summary>Instance fields, those of base classes first, in order of declaration, by the names of what they stand for.</summary>
    private static List<(string Name, FieldInfo Field)> FieldsOf(Type type)
    {
        var fields = DeclaredTypes.FieldsOf(type);
        var names = fields.CountBy(NameOf).ToDictionary(StringComparer.Ordinal);
        // A name that stands twice, in a class and in its base, is told apart by where it stands.
        return [.. fields.Select(field => (names[NameOf(field)] == 1 ? NameOf(field) : $"{CodecCatalog.Name(field.DeclaringType!)}.{field.Name}", field))];
    }

    // <Name>k__BackingField of a property, <name>P of a captured constructor parameter.
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;
}
