using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <summary>A record, class, struct or tuple by its members, one after another; in front of a class's a byte that is 0 for null, as of a nullable value.</summary>
/// <remarks>
/// Members are the instance fields, those of base classes first, auto-properties and captured constructor parameters by their names. A value
/// is read without its constructor: what was written is exactly what comes back, and no user code runs.
/// </remarks>
internal sealed class MemberCodec<T>(CodecSchema schema, IReadOnlyList<Member<T>> members) : Codec<T>
{
    private static readonly bool IsClass = !typeof(T).IsValueType;
    private static readonly bool IsSealed = typeof(T).IsSealed;

    private readonly Member<T>[] _members = [.. members];

    /// <inheritdoc/>
    public override CodecSchema Schema => schema;

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T value)
    {
        if (IsClass)
        {
            writer.WriteByte(value is null ? (byte)0 : (byte)1);
            if (value is null)
                return;
            if (!IsSealed && value.GetType() != typeof(T))
                throw new SchemaException($"A {typeof(T)} expected, a {value.GetType()} found; declare the type that is stored, or make {typeof(T)} sealed.");
            writer.Enter();
        }

        foreach (var member in _members)
            member.Write(writer, ref value);
        if (IsClass)
            writer.Leave();
    }

    /// <inheritdoc/>
    public override T Read(ref CodecReader reader)
    {
        T value = default!;
        if (IsClass)
        {
            if (reader.ReadByte() == 0)
                return value;
            reader.Enter();
            value = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        }

        foreach (var member in _members)
            member.Read(ref reader, ref value);
        if (IsClass)
            reader.Leave();
        return value;
    }
}
