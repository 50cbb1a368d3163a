namespace Millrace.DStreams.Rdds;

/// <summary>The operations by their names in LINQ, so that query expressions work.</summary>
public static class LinqRddExtensions
{
    /// <inheritdoc cref="Rdd{T}.Map"/>
    public static Rdd<TOut> Select<T, TOut>(this Rdd<T> rdd, Func<T, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Map(map);
    }

    /// <inheritdoc cref="Rdd{T}.Filter"/>
    public static Rdd<T> Where<T>(this Rdd<T> rdd, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.Filter(predicate);
    }

    /// <inheritdoc cref="Rdd{T}.FlatMap"/>
    public static Rdd<TOut> SelectMany<T, TOut>(this Rdd<T> rdd, Func<T, IEnumerable<TOut>> expand)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        return rdd.FlatMap(expand);
    }

    /// <summary>What a function makes of each row and each of the items that the row expands to.</summary>
    public static Rdd<TOut> SelectMany<T, TItem, TOut>(this Rdd<T> rdd, Func<T, IEnumerable<TItem>> expand, Func<T, TItem, TOut> map)
    {
        ArgumentNullException.ThrowIfNull(rdd);
        ArgumentNullException.ThrowIfNull(expand);
        ArgumentNullException.ThrowIfNull(map);
        return rdd.FlatMap(row => expand(row).Select(item => map(row, item)));
    }
}
