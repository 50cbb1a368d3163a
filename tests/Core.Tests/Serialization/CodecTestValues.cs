using Millrace.Serialization;

namespace Millrace.Core.Tests.Serialization;

/// <summary>Writes and reads single values.</summary>
internal static class CodecTestValues
{
    public static CodecCatalog Catalog { get; } = new();

    public static byte[] Write<T>(T value)
    {
        using var writer = new CodecWriter();
        Catalog.Of<T>().Write(writer, value);
        return writer.ToArray();
    }

    public static T Read<T>(ReadOnlySpan<byte> bytes) => Read(Catalog.Of<T>(), bytes);

    public static T Read<T>(Codec<T> codec, ReadOnlySpan<byte> bytes)
    {
        var reader = new CodecReader(bytes);
        var value = codec.Read(ref reader);
        reader.ExpectEnd();
        return value;
    }

    public static T Back<T>(T value) => Read<T>(Write(value));

    /// <summary>Writes it as one type and reads it as what became of that type; both schemas go through their bytes.</summary>
    public static TNew Evolve<TOld, TNew>(TOld value) => Read(Catalog.Of<TNew>(Written<TOld>()), Write(value));

    public static CodecSchema Written<T>()
    {
        using var writer = new CodecWriter();
        Catalog.Of<T>().Schema.WriteTo(writer);
        var reader = new CodecReader(writer.WrittenSpan);
        var schema = CodecSchema.ReadFrom(ref reader);
        reader.ExpectEnd();
        return schema;
    }
}
