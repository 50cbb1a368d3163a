using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <content>Functions of whole batches.</content>
public partial class DStream<T>
{
    /// <summary>A function of each batch as an RDD, with every operation of RDDs at hand.</summary>
    /// <inheritdoc cref="Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})"/>
    public DStream<TOut> Transform<TOut>(Func<Rdd<T>, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return Transform((rdd, _) => transform(rdd));
    }

    /// <summary>A function of each batch as an RDD, and of the batch's time.</summary>
    /// <param name="transform">Called once a batch, again when the batch runs again, never for two batches at once; returns an empty RDD for no rows, never null.
    /// It may join with data of its own, which may change between batches, and call actions.</param>
    /// <remarks>
    /// Not on the context's own thread, as in Spark: the batch is gathered where the function runs, on a task's thread, on one partition, which waits
    /// while the job's executors compute what it returns (docs/adr/0009). Prefer an operation of the stream where there is one. The partitions of the RDD become those of the stream, in their order.
    /// </remarks>
    public DStream<TOut> Transform<TOut>(Func<Rdd<T>, Time, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return Context.Transform([this], (rdds, time) => transform(rdds[0], time));
    }

    /// <summary>A function of the batches of this stream and of another of the same slide.</summary>
    /// <inheritdoc cref="Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})" path="/remarks"/>
    public DStream<TOut> TransformWith<TOther, TOut>(DStream<TOther> other, Func<Rdd<T>, Rdd<TOther>, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return TransformWith(other, (Rdd<T> rdd, Rdd<TOther> otherRdd, Time _) => transform(rdd, otherRdd));
    }

    /// <summary>A function of the batches of this stream and of another of the same slide, and of the batch's time.</summary>
    /// <inheritdoc cref="Transform{TOut}(Func{Rdd{T},Time,Rdd{TOut}})" path="/remarks"/>
    public DStream<TOut> TransformWith<TOther, TOut>(DStream<TOther> other, Func<Rdd<T>, Rdd<TOther>, Time, Rdd<TOut>> transform)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(transform);
        CheckTogether(other, "transformWith");
        var transformed = new Transformed(Context, SlideBatches);
        transformed.Add(this);
        transformed.Add(other);
        return transformed.Build((rdds, time) => transform((Rdd<T>)rdds[0], (Rdd<TOther>)rdds[1], time));
    }
}
