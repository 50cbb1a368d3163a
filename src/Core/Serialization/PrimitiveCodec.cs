namespace Millrace.Serialization;

/// <summary>A value of a kind of its own.</summary>
internal sealed class PrimitiveCodec<T>(string name, Action<CodecWriter, T> write, ReadValue<T> read) : Codec<T>
{
    /// <inheritdoc/>
    public override CodecSchema Schema { get; } = CodecSchema.Primitive(name);

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T value) => write(writer, value);

    /// <inheritdoc/>
    public override T Read(ref CodecReader reader) => read(ref reader);
}
