using System.Globalization;
using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Stateless;

namespace Millrace.DStreams;

/// <summary>A discretized stream: one <see cref="Rdd{T}"/> per batch interval. Made by a <see cref="StreamingContext"/> and by the operations here.</summary>
/// <remarks>
/// Functions run on the task threads, on every partition, and may run again after a failure: they should depend on their arguments alone, and
/// leave the rows that they are given as they are, since these may be given to them again, or to another stream (states may be changed).
/// Null is a row, a key and a value like others. Where a sequence, an array or an RDD is expected of a function, null is an error: an empty one says "none".
/// </remarks>
public partial class DStream<T>
{
    private static readonly TimeSpan DefaultCheckpoint = TimeSpan.FromSeconds(10);

    internal DStream(StreamingContext context, OutputPort<T> port, object? partitionedBy = null, int slideBatches = 1)
    {
        Context = context;
        Port = port;
        PartitionedBy = partitionedBy;
        SlideBatches = slideBatches;
        context.Register(this);
    }

    /// <summary>The context that the stream belongs to.</summary>
    public StreamingContext Context { get; }

    /// <summary>Time from one batch of this stream to the next: the context's batch interval, or the slide of the window that it stands on.</summary>
    public TimeSpan SlideDuration => Context.BatchDuration * SlideBatches;

    internal OutputPort<T> Port { get; }

    /// <summary>The stream has a batch in every so-manieth batch of the context.</summary>
    internal int SlideBatches { get; }

    /// <summary>What has put all pairs of a key on one partition already: <see cref="HashPlacement"/>, or a <see cref="Partitioner{TKey}"/>. Null: nothing.</summary>
    internal object? PartitionedBy { get; }

    /// <summary>Names the operation that the stream comes from; the same stream is returned.</summary>
    /// <param name="name">Unique in the context. State is found again by it: without a name an operation's id is made of its kind and of what it
    /// stands on, and one more of the kind on the same stream, put before it, would take its id.</param>
    public DStream<T> WithName(string name)
    {
        Context.Building().Configure(Port.Node, options => options with { Name = name });
        return this;
    }

    /// <summary>Says what happens to a record on which the operation that the stream comes from fails; the same stream is returned.</summary>
    /// <param name="policy">Fail the job, leave the record out and count it, or keep it as a dead letter, alone or with those of its key that follow
    /// (<see cref="Client.IJob.DeadLetters"/> of <see cref="StreamingContext.Job"/>). <value>Default: the job's policy.</value></param>
    public DStream<T> OnError(ErrorPolicy policy)
    {
        Context.Building().Configure(Port.Node, options => options with { OnError = policy });
        return this;
    }

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
        return Apply<T>("filter", () => new FilterOperator<T>(predicate), partitionedBy: PartitionedBy);
    }

    /// <summary>A function of all rows of each partition of each batch, also of an empty one. It returns an empty sequence for no rows, never null.</summary>
    /// <remarks>The rows stand in their order of arrival. An error of the function has no record to leave out: it fails the job.</remarks>
    /// <param name="map">Gives the rows of the result.</param>
    /// <param name="preservesPartitioning">Whether each row keeps the key it had, so that what was partitioned by key is still. <value>Default false.</value></param>
    public DStream<TOut> MapPartitions<TOut>(Func<IEnumerable<T>, IEnumerable<TOut>> map, bool preservesPartitioning = false)
    {
        ArgumentNullException.ThrowIfNull(map);
        return Apply<TOut>(
            "mapPartitions", () => new MapPartitionsOperator<T, TOut>(map, SlideBatches), partitionedBy: preservesPartitioning ? PartitionedBy : null);
    }

    /// <summary>This stream: each batch is computed once, however many operations read it, so that there is nothing to keep.</summary>
    public DStream<T> Persist() => this;

    /// <inheritdoc cref="Persist"/>
    public DStream<T> Cache() => this;

    /// <summary>The rows of each partition of each batch as one array, also of an empty one.</summary>
    public DStream<T[]> Glom() => Apply<T[]>("glom", () => new MapPartitionsOperator<T, T[]>(static rows => [rows.ToArray()], SlideBatches));

    /// <summary>The same rows on another number of partitions, row by row in turn, so that all have as many.</summary>
    public DStream<T> Repartition(int numPartitions) =>
        Apply<T>("repartition", static () => new UnionOperator<T>(1), Exchange<T>.Custom(new RowsInTurn<T>()), parallelism: Check.Partitions(numPartitions));

    /// <summary>The rows of both streams, batch by batch. They must have the same slide.</summary>
    public DStream<T> Union(DStream<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Context.Union([this, other]);
    }

    /// <summary>How often each value occurs in each batch. Values are keys: compared and hashed as such.</summary>
    /// <param name="numPartitions">Partitions of the result. <value>Default: as many as the job.</value></param>
    public DStream<(T Key, long Value)> CountByValue(int? numPartitions = null) =>
        Map(static value => (Key: value, Value: 1L)).ReduceByKey(static (left, right) => left + right, numPartitions);

    /// <summary>The number of rows of each batch; 0 for an empty one.</summary>
    public DStream<long> Count() =>
        Apply<long>("count", () => new CountOperator<T>(SlideBatches))
            .Apply<long>("sum", () => new ReduceOperator<long>((left, right) => left + right), Exchange<long>.Global);

    /// <summary>All rows of each batch reduced to one; nothing for an empty batch. The function must be associative and commutative, and leave its arguments as they are.</summary>
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
        Check.Count(count);
        ArgumentNullException.ThrowIfNull(writer);
        AddOutput("print", (rdd, time) => BatchPrinter.Print(writer, rdd, time, count));
    }

    /// <summary>Writes each batch as text files, a line a row and a file a partition, into a directory <c>prefix-TIME_IN_MS.suffix</c>.</summary>
    /// <param name="prefix">Path of the directories, up to the batch's time; their parent is made where it is missing.</param>
    /// <param name="suffix">What follows the time, behind a dot. <value>Default: nothing.</value></param>
    /// <remarks>A directory is whole when it holds <c>_SUCCESS</c>. A batch that runs once more, as after a restart, replaces the files that it wrote before.</remarks>
    public void SaveAsTextFiles(string prefix, string? suffix = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        AddOutput("saveAsTextFiles", (rdd, time) => rdd.SaveAsText(FilesOf(prefix, time, suffix)));
    }

    /// <summary>Writes each batch as object files, a file a partition, into a directory <c>prefix-TIME_IN_MS.suffix</c>; <see cref="Rdd.ObjectFile"/> reads it.</summary>
    /// <inheritdoc cref="SaveAsTextFiles" path="/param|/remarks"/>
    /// <exception cref="GraphException">Rows of the type can't be written: says which member is in the way.</exception>
    public void SaveAsObjectFiles(string prefix, string? suffix = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var codec = ObjectFile.Codecs.Of<T>();
        AddOutput("saveAsObjectFiles", (rdd, time) => rdd.SaveAsObjects(FilesOf(prefix, time, suffix), codec));
    }

    /// <summary>Calls <paramref name="body"/> with each batch, after the batch has committed, in order, on the context's own thread.</summary>
    /// <remarks>The batch is done when the body has come back and the asynchronous actions that it has begun (<see cref="Rdd{T}.CountAsync"/>) have ended.</remarks>
    public void ForeachRDD(Action<Rdd<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ForeachRDD((rdd, _) => body(rdd));
    }

    /// <inheritdoc cref="ForeachRDD(Action{Rdd{T}})"/>
    public void ForeachRDD(Action<Rdd<T>, Time> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        AddOutput("foreachRDD", body);
    }

    /// <summary>The same with a body that is asynchronous: the batch is done when its task has ended, and the next one waits for that.</summary>
    public void ForeachRDD(Func<Rdd<T>, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        ForeachRDD((rdd, _) => body(rdd));
    }

    /// <inheritdoc cref="ForeachRDD(Func{Rdd{T}, Task})"/>
    public void ForeachRDD(Func<Rdd<T>, Time, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        AddOutput("foreachRDD", (rdd, time) =>
            (body(rdd, time) ?? throw new InvalidOperationException("the function returned null, a task expected")).GetAwaiter().GetResult());
    }

    private void AddOutput(string kind, Action<Rdd<T>, Time> body) => Context.AddOutput(kind, Port, body, SlideBatches);

    internal DStream<TOut> Apply<TOut>(
        string kind,
        Func<Operator> create,
        Exchange<T>? exchange = null,
        bool isStateful = false,
        object? partitionedBy = null,
        int? parallelism = null,
        (int Window, int Slide)? window = null)
    {
        var options = new NodeOptions { IsStateful = isStateful, Parallelism = parallelism };
        var port = Context.Building().AddOperator<T, TOut>(kind, Port, create, options, exchange);
        if (window is { } batches)
            Context.NoteWindow(port.Node, batches.Window);
        var stream = new DStream<TOut>(Context, port, partitionedBy, window?.Slide ?? SlideBatches);
        if (isStateful)
            stream.CheckpointDuration = stream.SlideDuration * (int)Math.Ceiling(DefaultCheckpoint / stream.SlideDuration);
        return stream;
    }

    private static PartFiles FilesOf(string prefix, Time time, string? suffix) => new(
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{time.Milliseconds}{(string.IsNullOrEmpty(suffix) ? "" : "." + suffix)}"), replaces: true);

    /// <summary>Refuses to bring two streams together that have not the same batches.</summary>
    internal void CheckTogether<TOther>(DStream<TOther> other, string operation)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(Context, other.Context))
            throw new GraphException($"{operation}: streams of two contexts found, streams of one expected.");
        if (SlideBatches != other.SlideBatches)
        {
            throw new GraphException(
                $"{operation}: slides of {SlideDuration.TotalMilliseconds} ms and {other.SlideDuration.TotalMilliseconds} ms found, the same slide expected; give both the same windows.");
        }
    }
}
