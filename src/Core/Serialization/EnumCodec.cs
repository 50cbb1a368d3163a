using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <summary>An enumeration by its number.</summary>
internal sealed class EnumCodec<T, TNumber>(Codec<TNumber> number) : Codec<T>
    where T : struct, Enum
    where TNumber : struct
{
    /// <inheritdoc/>
    public override CodecSchema Schema { get; } = CodecSchema.Primitive($"enum {number.Schema}");

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T value) => number.Write(writer, Unsafe.As<T, TNumber>(ref value));

    /// <inheritdoc/>
    public override T Read(ref CodecReader reader)
    {
        var value = number.Read(ref reader);
        return Unsafe.As<TNumber, T>(ref value);
    }
}
