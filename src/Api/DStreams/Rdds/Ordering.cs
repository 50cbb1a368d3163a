using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Orders of rows and keys.</summary>
internal static class Ordering<T>
{
    /// <summary>The given order, or else the type's own; texts are ordered by their code units, in every culture.</summary>
    /// <exception cref="GraphException">None is given and the type has none.</exception>
    public static IComparer<T> OrDefault(IComparer<T>? comparer)
    {
        if (comparer is not null)
            return comparer;
        if (typeof(T) == typeof(string))
            return (IComparer<T>)(object)StringComparer.Ordinal;
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        if (!typeof(IComparable).IsAssignableFrom(type) && !typeof(IComparable<>).MakeGenericType(type).IsAssignableFrom(type))
            throw new GraphException($"A type with an order expected, {type} found; give a comparer or implement IComparable<{type.Name}>.");
        return Comparer<T>.Default;
    }

    /// <summary>The order the other way round.</summary>
    public static IComparer<T> Reverse(IComparer<T> comparer) => Comparer<T>.Create((x, y) => comparer.Compare(y, x));
}
