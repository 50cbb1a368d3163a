using Millrace.Data;
using Millrace.Runtime.State;
using Millrace.Serialization;

namespace Millrace.Runtime.Exchange;

/// <summary>The batches of one edge as bytes, whatever their rows.</summary>
internal abstract class EdgeCodec
{
    /// <summary>How the rows are written.</summary>
    public abstract CodecSchema Schema { get; }

    public abstract void Write(Batch batch, CodecWriter to);

    /// <exception cref="CorruptPayloadException">The bytes are no batch of the edge.</exception>
    public abstract Batch Read(ref CodecReader from);
}

/// <inheritdoc/>
internal sealed class EdgeCodec<T>(Codec<T> codec) : EdgeCodec
{
    /// <inheritdoc/>
    public override CodecSchema Schema => codec.Schema;

    /// <inheritdoc/>
    public override void Write(Batch batch, CodecWriter to) => BatchCodec.Write((Batch<T>)batch, codec, to);

    /// <inheritdoc/>
    public override Batch Read(ref CodecReader from) => BatchCodec.Read(codec, ref from);
}
