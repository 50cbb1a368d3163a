namespace Millrace.Serialization;

/// <summary>Writes and reads values of one type. Immutable, thread-safe; found by a <see cref="CodecCatalog"/>.</summary>
public abstract class Codec<T>
{
    /// <summary>How values are written.</summary>
    public abstract CodecSchema Schema { get; }

    /// <exception cref="SchemaException">The value holds something that its declared types do not say.</exception>
    public abstract void Write(CodecWriter writer, T value);

    /// <exception cref="CorruptPayloadException">The bytes are no value of the type.</exception>
    public abstract T Read(ref CodecReader reader);
}
