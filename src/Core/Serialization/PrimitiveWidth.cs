namespace Millrace.Serialization;

/// <summary>How many bytes a primitive takes, by the name in its schema.</summary>
internal static class PrimitiveWidth
{
    private const string EnumPrefix = "enum ";

    /// <summary>The name of what is written: an enumeration is its number.</summary>
    public static string Written(string name) => name.StartsWith(EnumPrefix, StringComparison.Ordinal) ? name[EnumPrefix.Length..] : name;

    /// <summary>Bytes of every value; 0 where it depends on the value.</summary>
    public static int Fixed(string name) => Written(name) switch
    {
        "bool" or "byte" or "sbyte" => 1,
        "half" => 2,
        "float" => 4,
        "double" or "datetime" => 8,
        "decimal" or "int128" or "uint128" or "guid" => 16,
        _ => 0,
    };
}
