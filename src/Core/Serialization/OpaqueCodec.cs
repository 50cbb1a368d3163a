using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>Values of a serializer outside: four bytes of length, then its bytes. The base of what a <see cref="CodecSource"/> gives.</summary>
/// <remarks>Whatever the serializer throws while reading is one <see cref="CorruptPayloadException"/>, whatever it throws while writing one <see cref="SchemaException"/>.</remarks>
/// <param name="serializer">The serializer's name; a value is read only by the one that wrote it.</param>
public abstract class OpaqueCodec<T>(string serializer) : Codec<T>
{
    /// <inheritdoc/>
    public sealed override CodecSchema Schema { get; } = CodecSchema.Opaque(serializer, typeof(T));

    /// <inheritdoc/>
    public sealed override void Write(CodecWriter writer, T value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var position = writer.ReserveFixed32();
        try
        {
            WriteBody(writer, value);
        }
        catch (Exception failure) when (failure is not (SchemaException or OutOfMemoryException))
        {
            throw new SchemaException($"A {CodecCatalog.Name(typeof(T))} that {serializer} can write expected, one found on which it throws {OneLine(failure)}", failure);
        }

        writer.PatchLength(position);
    }

    /// <inheritdoc/>
    public sealed override T Read(ref CodecReader reader)
    {
        var start = reader.Position;
        var body = reader.ReadBlock();
        try
        {
            return ReadBody(body);
        }
        catch (Exception failure) when (failure is not (CorruptPayloadException or OutOfMemoryException))
        {
            throw new CorruptPayloadException($"A {CodecCatalog.Name(typeof(T))} of {serializer} expected at byte {start}, bytes found on which it throws {OneLine(failure)}; use another copy.", failure);
        }
    }

    /// <summary>Writes the value, without a length.</summary>
    protected abstract void WriteBody(CodecWriter writer, T value);

    /// <summary>Reads the value from exactly what <see cref="WriteBody"/> wrote.</summary>
    protected abstract T ReadBody(ReadOnlySpan<byte> body);

    private static string OneLine(Exception failure) => UserText.Of(failure).TrimEnd('.', ' ');
}
