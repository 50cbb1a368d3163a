using Hyperion;
using Hyperion.Internal;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>Values as Hyperion writes them, in an <see cref="Envelope"/>: it sees no byte before length and CRC have been checked, and <see cref="HyperionWalk"/> has read over them. No bytes for null.</summary>
internal sealed class HyperionCodec<T>(AllowedTypes allowed) : OpaqueCodec<T>("Hyperion")
{
    private const int StackBytes = 16 * 1024 * 1024;

    // Why with a filter: without one Hyperion 0.12 throws on every read. Why tolerant of versions: only then each value says what it is.
    private readonly Serializer _serializer = new(SerializerOptions.Default
        .WithTypeFilter(allowed)
        .WithDisallowUnsafeType(true)
        .WithVersionTolerance(true));

    /// <inheritdoc/>
    protected override void WriteBody(CodecWriter writer, T value)
    {
        if (value is null)
            return;
        using var stream = new GuardedStream();
        try
        {
            _serializer.Serialize(value, stream);
        }
        catch (UserEvilDeserializationException failure)
        {
            throw new SchemaException($"A {CodecCatalog.Name(typeof(T))} of allowed types expected, another found: {failure.Message}; add the type to MillraceHostOptions.SerializableTypes.", failure);
        }

        var bytes = stream.GetBuffer().AsSpan(0, (int)stream.Length);
        try
        {
            HyperionWalk.Check(bytes, typeof(T), allowed);
        }
        catch (CorruptPayloadException failure)
        {
            throw new SchemaException($"A {CodecCatalog.Name(typeof(T))} that can be read again expected, one found that can't: {failure.Message}", failure);
        }

        Envelope.Write(writer, bytes);
    }

    /// <inheritdoc/>
    protected override T ReadBody(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return default!;
        var bytes = Envelope.Open(body);
        HyperionWalk.Check(bytes, typeof(T), allowed);
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        var value = Deserialize(stream);
        return stream.Position == stream.Length
            ? value
            : throw new CorruptPayloadException($"A value of {stream.Length} bytes of Hyperion expected, one of {stream.Position} found; use another copy.");
    }

    // Why on a thread of its own: Hyperion catches and throws again at each level, and that takes 20 KB of stack each, more than other threads have.
    private T Deserialize(MemoryStream stream)
    {
        var (value, failure) = (default(T), default(Exception));
        var thread = new Thread(
            () =>
            {
                try
                {
                    value = _serializer.Deserialize<T>(stream);
                }
                catch (Exception caught)
                {
                    failure = caught;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        return failure is null ? value! : throw failure.GetBaseException();
    }
}
