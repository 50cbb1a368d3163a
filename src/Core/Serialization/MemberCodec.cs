using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <summary>A record, class, struct or tuple by its members, one after another; in front of a class's a byte that is 0 for null, as of a nullable value.</summary>
/// <remarks>
/// Members are the instance fields, those of base classes first, auto-properties and captured constructor parameters by their names. A value
/// is read without its constructor: what was written is exactly what comes back, and no user code runs.
/// </remarks>
internal sealed class MemberCodec<T>(CodecSchema schema, WriteMembers<T> write, ReadMembers<T> read) : Codec<T>
{
    private static readonly bool IsSealed = typeof(T).IsSealed;

    /// <inheritdoc/>
    public override CodecSchema Schema => schema;

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T value)
    {
        if (!typeof(T).IsValueType)
        {
            writer.WriteByte(value is null ? (byte)0 : (byte)1);
            if (value is null)
                return;
            if (!IsSealed && value.GetType() != typeof(T))
                throw new SchemaException($"A {CodecCatalog.Name(typeof(T))} expected, a {CodecCatalog.Name(value.GetType())} found; declare the type that is stored, or make {CodecCatalog.Name(typeof(T))} sealed.");
        }

        write(writer, ref value);
    }

    /// <inheritdoc/>
    public override T Read(ref CodecReader reader)
    {
        T value = default!;
        if (!typeof(T).IsValueType)
        {
            if (!reader.ReadFlag())
                return value;
            value = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        }

        read(ref reader, ref value);
        return value;
    }
}
