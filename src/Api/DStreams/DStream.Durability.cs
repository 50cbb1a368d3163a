using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.DStreams;

/// <content>What outlives the process.</content>
public partial class DStream<T>
{
    /// <summary>
    /// How old the newest full image of the stream's state may become, in a context with a checkpoint directory.
    /// <value>Default: for a stream with state, 10 slides (<c>MapWithState</c>) or the least number of slides that is 10 s or more; else null.</value>
    /// </summary>
    public TimeSpan? CheckpointDuration { get; private protected set; }

    /// <summary>Sets <see cref="CheckpointDuration"/>; the same stream is returned.</summary>
    /// <param name="interval">A multiple of the slide.</param>
    /// <remarks>Changes of state are durable with every batch, whatever the interval: it bounds how many batches' changes a restart reads.
    /// All streams of a context are written at once, as often as the one with the shortest interval asks for.</remarks>
    public DStream<T> Checkpoint(TimeSpan interval)
    {
        Context.Building();
        if (interval <= TimeSpan.Zero || interval.Ticks % SlideDuration.Ticks != 0)
            throw new GraphException($"Checkpoint: {interval.TotalMilliseconds} ms found, a multiple of the slide of {SlideDuration.TotalMilliseconds} ms expected.");
        CheckpointDuration = interval;
        return this;
    }

    /// <summary>Writes every batch to a sink, when the batch has committed. The sink says whether a batch may be written twice.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="name">Names the output; its watermark is found again by it. <value>Default: an id made of what the stream stands on.</value></param>
    public void SaveTo(ISink<T> sink, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var graph = Context.Building();
        graph.AddSink("saveTo", Port, sink);
        if (name is not null)
            graph.Configure(graph.Nodes[^1], options => options with { Name = name });
        Context.NoteSink(this);
    }

    /// <inheritdoc/>
    void IRememberedStream.EndBatchesHere() => Context.AddOutput("remember", Filter(static _ => false).Port, static (_, _) => { }, slideBatches: 1, isOwn: true);

    /// <inheritdoc/>
    TimeSpan? IRememberedStream.CheckpointDuration => CheckpointDuration;
}
