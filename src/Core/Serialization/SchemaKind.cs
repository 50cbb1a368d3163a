namespace Millrace.Serialization;

/// <summary>What a <see cref="CodecSchema"/> describes.</summary>
public enum SchemaKind
{
    /// <summary>A value of a kind of its own: number, text, time.</summary>
    Primitive = 0,

    /// <summary>A value or null.</summary>
    Nullable = 1,

    /// <summary>A number of values of one type.</summary>
    List = 2,

    /// <summary>A number of keys, each with a value.</summary>
    Map = 3,

    /// <summary>Values in a fixed order.</summary>
    Tuple = 4,

    /// <summary>Members found by name.</summary>
    Object = 5,

    /// <summary>Bytes of a serializer that keeps a schema of its own.</summary>
    Opaque = 6,
}
