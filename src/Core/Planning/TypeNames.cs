namespace Millrace.Planning;

/// <summary>Names of row types as a person reads them.</summary>
internal static class TypeNames
{
    /// <summary>As <c>ValueTuple&lt;String, Int32&gt;</c>.</summary>
    public static string Of(Type type) =>
        type.IsGenericType && type.Name.IndexOf('`', StringComparison.Ordinal) is > 0 and var end
            ? $"{type.Name[..end]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>"
            : type.Name;
}
