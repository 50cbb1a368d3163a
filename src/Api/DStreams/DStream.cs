using Millrace.DStreams.Rdds;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Stateless;

namespace Millrace.DStreams;

/// <summary>A discretized stream: one <see cref="Rdd{T}"/> per batch interval. Made by a <see cref="StreamingContext"/> and by the operations here.</summary>
/// <remarks>Functions run on the task threads, on every partition, and may run again after a failure: they should depend on their arguments alone.</remarks>
public sealed class DStream<T>
{
    internal DStream(StreamingContext context, OutputPort<T> port, bool isPartitionedByKey = false)
    {
        Context = context;
        Port = port;
        IsPartitionedByKey = isPartitionedByKey;
    }

    /// <summary>The context that the stream belongs to.</summary>
    public StreamingContext Context { get; }

    internal OutputPort<T> Port { get; }

    /// <summary>Whether all pairs of a key are on the partition of the key's group already, so that no exchange is needed.</summary>
    internal bool IsPartitionedByKey { get; }

    /// <summary>One row for each row.</summary>
    public DStream<TOut> Map<TOut>(Func<T, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Apply<TOut>("map", () => new MapOperator<T, TOut>(map));
    }

    /// <summary>Any number of rows for each row. The function returns an empty sequence for none, never null.</summary>
    public DStream<TOut> FlatMap<TOut>(Func<T, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(expand);
        return Apply<TOut>("flatMap", () => new FlatMapOperator<T, TOut>(expand));
    }

    /// <summary>Any number of rows for each row, added to an output: nothing is allocated for the sequence.</summary>
    public DStream<TOut> FlatMap<TOut>(Action<T, Output<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(expand);
        return Apply<TOut>("flatMap", () => new FlatMapOperator<T, TOut>(expand));
    }

    /// <summary>The rows for which the predicate holds.</summary>
    public DStream<T> Filter(Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Apply<T>("filter", () => new FilterOperator<T>(predicate), isPartitionedByKey: IsPartitionedByKey);
    }

    /// <summary>The number of rows of each batch; 0 for an empty one.</summary>
    public DStream<long> Count() =>
        Apply<long>("count", () => new CountOperator<T>())
            .Apply<long>("sum", () => new ReduceOperator<long>((left, right) => left + right), Exchange<long>.Global);

    /// <summary>All rows of each batch reduced to one; nothing for an empty batch. The function must be associative and commutative.</summary>
    public DStream<T> Reduce(Func<T, T, T> reduce)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        return Apply<T>("reduceLocally", () => new ReduceOperator<T>(reduce))
            .Apply<T>("reduce", () => new ReduceOperator<T>(reduce), Exchange<T>.Global);
    }

    /// <summary>Prints the first <paramref name="count"/> rows of each batch on the console.</summary>
    public void Print(int count = 10) => Print(count, Console.Out);

    /// <summary>Prints the first <paramref name="count"/> rows of each batch.</summary>
    public void Print(int count, TextWriter writer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(writer);
        ForeachRDD((rdd, time) => BatchPrinter.Print(writer, rdd, time, count));
    }

    /// <summary>Calls <paramref name="body"/> with each batch, after the batch has committed, in order, on the context's own thread.</summary>
    public void ForeachRDD(Action<Rdd<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ForeachRDD((rdd, _) => body(rdd));
    }

    /// <inheritdoc cref="ForeachRDD(Action{Rdd{T}})"/>
    public void ForeachRDD(Action<Rdd<T>, Time> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Context.AddOutput(Port, body);
    }

    internal DStream<TOut> Apply<TOut>(
        string kind, Func<Operator> create, Exchange<T>? exchange = null, bool isStateful = false, bool isPartitionedByKey = false)
    {
        var options = new NodeOptions { IsStateful = isStateful };
        return new(Context, Context.Building().AddOperator<T, TOut>(kind, Port, create, options, exchange), isPartitionedByKey);
    }
}
