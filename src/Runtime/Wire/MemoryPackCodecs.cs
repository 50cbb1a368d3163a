using MemoryPack;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>Types marked with <see cref="MemoryPackableAttribute"/> are written by MemoryPack, which keeps a schema of its own: its rules say how they may change.</summary>
internal sealed class MemoryPackCodecs : CodecSource
{
    /// <inheritdoc/>
    public override Codec<T>? TryMake<T>(CodecCatalog catalog) =>
        typeof(T).IsDefined(typeof(MemoryPackableAttribute), inherit: false) ? new MemoryPackCodec<T>() : null;
}
