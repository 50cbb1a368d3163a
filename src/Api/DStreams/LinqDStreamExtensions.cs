namespace Millrace.DStreams;

/// <summary>The names that LINQ has for operations of streams.</summary>
public static class LinqDStreamExtensions
{
    /// <summary><see cref="DStream{T}.Map"/>.</summary>
    public static DStream<TOut> Select<T, TOut>(this DStream<T> stream, Func<T, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Map(map);
    }

    /// <summary><see cref="DStream{T}.FlatMap{TOut}(Func{T,IEnumerable{TOut}})"/>.</summary>
    public static DStream<TOut> SelectMany<T, TOut>(this DStream<T> stream, Func<T, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.FlatMap(expand);
    }

    /// <summary><see cref="DStream{T}.Filter"/>.</summary>
    public static DStream<T> Where<T>(this DStream<T> stream, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Filter(predicate);
    }

    /// <summary><see cref="DStream{T}.Reduce"/>.</summary>
    public static DStream<T> Aggregate<T>(this DStream<T> stream, Func<T, T, T> reduce)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Reduce(reduce);
    }

    /// <summary><see cref="DStream{T}.Union"/>.</summary>
    public static DStream<T> Concat<T>(this DStream<T> stream, DStream<T> other)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Union(other);
    }
}
