using System.Reflection;

namespace Millrace.Serialization;

/// <summary>What a type says that its values hold: item types, generic arguments and the types of members, closed over.</summary>
internal static class DeclaredTypes
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Why a limit: a generic type whose member is the same type of something more never ends.
    private const int TypesMax = 1000;

    /// <summary>The type itself first; of types of the platform the generic arguments count, not their members.</summary>
    public static IReadOnlyCollection<Type> Of(Type type)
    {
        var (found, open) = (new HashSet<Type> { type }, new Queue<Type>([type]));
        while (open.TryDequeue(out var next) && found.Count < TypesMax)
        {
            foreach (var part in PartsOf(next).Where(found.Add))
                open.Enqueue(part);
        }

        return found;
    }

    /// <summary>Instance fields that are written, those of base classes first, in order of declaration.</summary>
    public static List<FieldInfo> FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
            fields.InsertRange(0, level.GetFields(Declared).Where(field => !field.IsDefined(typeof(NonSerializedAttribute))).OrderBy(field => field.MetadataToken));

        return fields;
    }

    public static bool IsOfPlatform(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Namespace == "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;

    public static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static IEnumerable<Type> PartsOf(Type type)
    {
        IEnumerable<Type> parts = type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments();
        return IsOfPlatform(type) || type.IsEnum ? parts : parts.Concat(FieldsOf(type).Select(field => field.FieldType));
    }
}
