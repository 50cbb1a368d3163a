using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Graphs;

namespace Millrace.DStreams;

/// <content>Past batches.</content>
public partial class DStream<T> : IRememberedStream
{
    private BatchHistory<T>? _history;

    /// <inheritdoc/>
    StreamNode IRememberedStream.Node => Port.Node;

    /// <summary>The batches of a span of time that are still remembered, oldest first. Thread-safe, also while the context runs.</summary>
    /// <param name="from">The first batch time; one within a batch stands for that before it, as in Spark.</param>
    /// <param name="to">The last one, included.</param>
    /// <exception cref="GraphException">The context was not told to remember (<see cref="StreamingContext.Remember"/>), or has not started.</exception>
    public IReadOnlyList<Rdd<T>> Slice(Time from, Time to) => History("Slice").Slice(from, to);

    /// <inheritdoc cref="Slice(Time, Time)"/>
    public IReadOnlyList<Rdd<T>> Slice(Interval interval) => Slice(interval.BeginTime, interval.EndTime);

    /// <summary>The rows of one batch, where it is still remembered; null otherwise. Thread-safe, also while the context runs.</summary>
    /// <param name="validTime">The batch's time.</param>
    /// <exception cref="GraphException">The context was not told to remember (<see cref="StreamingContext.Remember"/>), or has not started.</exception>
    /// <remarks>Spark computes a batch that is asked for; here each is computed once, when its time has come, and kept.</remarks>
    public Rdd<T>? Compute(Time validTime) => History("Compute").At(validTime);

    private BatchHistory<T> History(string caller) =>
        _history ?? throw new GraphException($"{caller}: no batch is remembered; call Remember on the context before its start, and {caller} after it.");

    /// <inheritdoc/>
    void IRememberedStream.Keep(TimeSpan duration)
    {
        _history = new(duration, SlideBatches * Context.BatchDuration);
        Context.AddOutput("remember", Port, _history.Add, SlideBatches, isOwn: true);
    }
}
