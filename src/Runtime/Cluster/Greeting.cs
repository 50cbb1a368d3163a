using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>The first message on a data connection, in either direction.</summary>
/// <remarks>
/// <code>
/// "1DRM" (4), the cluster's name, the node (8), the one that it wants to speak to (8; 0 where that is not known)
/// </code>
/// </remarks>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="From">Who says it.</param>
/// <param name="To">Who should hear it; null where another one may too.</param>
internal readonly record struct Greeting(string Cluster, NodeUid From, NodeUid? To)
{
    private const uint Magic = 0x4D_52_44_31;
    private const ulong Unnamed = 0;

    public byte[] ToBytes()
    {
        using var writer = new CodecWriter();
        writer.WriteFixed32(Magic);
        writer.WriteText(Cluster);
        writer.WriteFixed64(From.Value);
        writer.WriteFixed64(To?.Value ?? Unnamed);
        return writer.ToArray();
    }

    /// <exception cref="CorruptPayloadException">The bytes are none.</exception>
    public static Greeting Read(ReadOnlySpan<byte> message)
    {
        var from = new CodecReader(message);
        if (from.ReadFixed32() != Magic)
            throw new CorruptPayloadException("The greeting of a node expected, other bytes found; see whether a node of this version is at the other end.");
        var cluster = from.ReadText() ?? "";
        var (node, to) = (new NodeUid(from.ReadFixed64()), from.ReadFixed64());
        from.ExpectEnd();
        return new(cluster, node, to == Unnamed ? null : new NodeUid(to));
    }
}
