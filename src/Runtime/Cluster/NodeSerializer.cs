using Akka.Actor;
using Akka.Serialization;

namespace Millrace.Runtime.Cluster;

/// <summary>Akka's serializer of <see cref="NodeMessage"/>, the only messages of Millrace that cross Akka.Remote.</summary>
internal sealed class NodeSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private const int Id = 7301;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => NodeCodec.Encode((NodeMessage)obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => NodeCodec.Decode(bytes);
}
