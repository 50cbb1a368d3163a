namespace Millrace.Serialization;

/// <summary>A value or null: a byte that says which, then the value.</summary>
internal sealed class NullableCodec<T>(Codec<T> value) : Codec<T?>
    where T : struct
{
    /// <inheritdoc/>
    public override CodecSchema Schema { get; } = CodecSchema.Of(SchemaKind.Nullable, value.Schema);

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T? item)
    {
        writer.WriteByte(item.HasValue ? (byte)1 : (byte)0);
        if (item is { } some)
            value.Write(writer, some);
    }

    /// <inheritdoc/>
    public override T? Read(ref CodecReader reader) => reader.ReadFlag() ? value.Read(ref reader) : null;
}
