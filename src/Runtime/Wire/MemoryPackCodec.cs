using MemoryPack;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>Values as MemoryPack writes them.</summary>
internal sealed class MemoryPackCodec<T>() : OpaqueCodec<T>("MemoryPack")
{
    /// <inheritdoc/>
    protected override void WriteBody(CodecWriter writer, T value) => MemoryPackSerializer.Serialize(writer, value);

    /// <inheritdoc/>
    protected override T ReadBody(ReadOnlySpan<byte> body)
    {
        T? value = default;
        var read = MemoryPackSerializer.Deserialize(body, ref value);
        return read == body.Length
            ? value!
            : throw new CorruptPayloadException($"A value of {body.Length} bytes of MemoryPack expected, one of {read} found; use another copy.");
    }
}
