using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Windows;

namespace Millrace.DStreams;

/// <content>Windows: what arrived in the last so many batches. Lengths and slides are multiples of the stream's own slide.</content>
public partial class DStream<T>
{
    private const int BatchesMax = 100_000;

    /// <summary>At every slide the rows of the last <paramref name="windowDuration"/>, oldest batch first.</summary>
    /// <param name="windowDuration">Length of the window; the first windows hold what there was.</param>
    /// <param name="slideDuration">Time from one window to the next, which may be longer than the window. <value>Default: the stream's slide.</value></param>
    /// <remarks>Keeps the rows of the window as state. A reduced window (<c>ReduceByWindow</c> and the like) keeps a value for each slide instead.</remarks>
    public DStream<T> Window(TimeSpan windowDuration, TimeSpan? slideDuration = null)
    {
        var (window, slide) = Batches(windowDuration, slideDuration);
        return Apply<T>("window", () => new WindowOperator<T>(window, slide), isStateful: true, partitionedBy: PartitionedBy, window: (window, slide));
    }

    /// <summary>At every slide all rows of the window reduced to one; nothing as long as there are none.</summary>
    /// <param name="reduce">Associative and commutative. Of a type that can be changed it gets copies, call by call; an immutable one costs none.</param>
    /// <param name="windowDuration">Length of the window.</param>
    /// <param name="slideDuration">Time from one window to the next.</param>
    public DStream<T> ReduceByWindow(Func<T, T, T> reduce, TimeSpan windowDuration, TimeSpan slideDuration) =>
        ReduceByWindow(reduce, null, windowDuration, slideDuration);

    /// <summary>The same, where the value of a window is made from the one before: what left is taken out, what came is put in.</summary>
    /// <param name="reduce">Associative and commutative. Of a type that can be changed it gets copies, call by call; an immutable one costs none.</param>
    /// <param name="inverse">Takes the second value out of the first: <c>inverse(reduce(x, y), x)</c> is y. Null recomputes each window from its slides.</param>
    /// <param name="windowDuration">Length of the window.</param>
    /// <param name="slideDuration">Time from one window to the next.</param>
    /// <remarks>With an inverse a window that has become empty keeps what the inverse made of its value: a sum is 0.</remarks>
    public DStream<T> ReduceByWindow(Func<T, T, T> reduce, Func<T, T, T>? inverse, TimeSpan windowDuration, TimeSpan slideDuration)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        var (window, slide) = Batches(windowDuration, slideDuration);
        return Apply<T>("reduceLocally", () => new ReduceOperator<T>(reduce))
            .Apply<T>(
                "reduceByWindow",
                () => new ReduceByWindowOperator<T>(reduce, inverse, window, slide),
                Exchange<T>.Global,
                isStateful: true,
                window: (window, slide));
    }

    /// <summary>At every slide the number of rows of the window; 0 once there were rows and they have left.</summary>
    public DStream<long> CountByWindow(TimeSpan windowDuration, TimeSpan slideDuration) =>
        Map(static _ => 1L).ReduceByWindow(static (left, right) => left + right, static (all, left) => all - left, windowDuration, slideDuration);

    /// <summary>At every slide how often each value occurs in the window; values that have left it are forgotten.</summary>
    /// <param name="windowDuration">Length of the window.</param>
    /// <param name="slideDuration">Time from one window to the next.</param>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public DStream<(T Key, long Value)> CountByValueAndWindow(TimeSpan windowDuration, TimeSpan slideDuration, int? numPartitions = null) =>
        Map(static value => (Key: value, Value: 1L)).ReduceByKeyAndWindow(
            static (left, right) => left + right, static (all, left) => all - left, windowDuration, slideDuration, numPartitions, static (_, count) => count != 0);

    /// <summary>Length and slide in batches of the context; refuses what is no multiple of the stream's slide.</summary>
    internal (int Window, int Slide) Batches(TimeSpan windowDuration, TimeSpan? slideDuration) =>
        (Batches("window", windowDuration), Batches("slide", slideDuration ?? SlideDuration));

    private int Batches(string what, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration.Ticks % SlideDuration.Ticks != 0)
        {
            throw new GraphException(
                $"A {what} of {duration.TotalMilliseconds} ms found, a multiple of the stream's slide of {SlideDuration.TotalMilliseconds} ms expected.");
        }

        var batches = duration.Ticks / Context.BatchDuration.Ticks;
        return batches <= BatchesMax
            ? (int)batches
            : throw new GraphException($"A {what} of {duration.TotalDays:0.##} days found, at most {BatchesMax} batches of {Context.BatchDuration.TotalMilliseconds} ms expected; make the batches longer.");
    }
}
