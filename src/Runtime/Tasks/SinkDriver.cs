using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;
using Millrace.Serialization;

namespace Millrace.Runtime.Tasks;

/// <summary>The end of a chain that writes to a sink.</summary>
internal sealed class SinkDriver<T>(string description, ISinkWriter<T> writer) : ChainEnd<T>, ISinkDriver
{
    private readonly StagedSinkWriter<T>? _staged = writer as StagedSinkWriter<T>;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public bool IsStaged => _staged is not null;

    /// <inheritdoc/>
    public long? ReadWatermark() => writer.ReadWatermark();

    /// <inheritdoc/>
    public void FindCodecs(CodecCatalog codecs)
    {
        if (IsStaged)
            codecs.Of<T>();
    }

    /// <inheritdoc/>
    public void WriteRows(Epoch epoch, CodecWriter bytes, CodecCatalog codecs)
    {
        var batches = _staged!.RowsOf(epoch);
        var codec = codecs.Of<T>();
        codec.Schema.WriteTo(bytes);
        bytes.WriteVarint((ulong)batches.Count);
        foreach (var batch in batches)
            BatchCodec.Write(batch, codec, bytes);
    }

    /// <inheritdoc/>
    public void RestoreRows(Epoch epoch, ref CodecReader bytes, CodecCatalog codecs)
    {
        var codec = codecs.Of<T>(CodecSchema.ReadFrom(ref bytes));
        var batches = new Batch<T>[bytes.ReadLength()];
        for (var i = 0; i < batches.Length; i++)
            batches[i] = BatchCodec.Read(codec, ref bytes);
        _staged!.Restage(epoch, batches);
    }

    /// <inheritdoc/>
    public void Begin(EpochInfo epoch) => writer.Begin(epoch);

    /// <inheritdoc/>
    public void Prepare(Epoch epoch) => writer.Prepare(epoch);

    /// <inheritdoc/>
    public void Commit(SinkCommit commit) => writer.Commit(commit);

    /// <inheritdoc/>
    public void Abort(Epoch committed) => writer.Abort(committed);

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    /// <inheritdoc/>
    protected override void Take(Batch<T> batch) => writer.Write(batch);
}
