using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.DStreams;

/// <summary>Gathers the rows of each batch and gives them to the context's driver when the batch commits.</summary>
internal sealed class ForeachRddSink<T>(DriverOutput<T> output) : ISink<T>
{
    /// <inheritdoc/>
    public string Description => "foreachRDD";

    // Why: nobody but the body knows whether it came to its end before the process was killed; then it runs again.
    /// <inheritdoc/>
    public SinkCapability Capability => SinkCapability.AtLeastOnce;

    /// <inheritdoc/>
    public bool IsTogether => true;

    /// <inheritdoc/>
    public ISinkWriter<T> Open(SinkContext context) => new Writer(output, context);

    private sealed class Writer(DriverOutput<T> output, SinkContext context) : StagedSinkWriter<T>
    {
        public override long? ReadWatermark() => output.WatermarkOf(context.Partition.Number) is > 0 and var handed ? handed : null;

        protected override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows) =>
            output.Deliver(context.Partition.Number, context.Parallelism, commit, rows);
    }
}
