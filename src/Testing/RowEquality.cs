using System.Collections;
using System.Runtime.CompilerServices;

namespace Millrace.Testing;

/// <summary>Rows are equal when they are by their own <c>Equals</c>, or are tuples or sequences of equal ones: arrays and lists are compared by what they hold.</summary>
internal sealed class RowEquality<T> : IEqualityComparer<T>
{
    public static RowEquality<T> Instance { get; } = new();

    public bool Equals(T? x, T? y) => AreEqual(x, y);

    public int GetHashCode(T row) => HashOf(row);

    private static bool AreEqual(object? left, object? right) => Equals(left, right) || (left, right) switch
    {
        (string, _) => false,
        (ITuple one, ITuple other) => one.Length == other.Length && Enumerable.Range(0, one.Length).All(item => AreEqual(one[item], other[item])),
        (IEnumerable one, IEnumerable other) => one.Cast<object?>().SequenceEqual(other.Cast<object?>(), RowEquality<object?>.Instance),
        _ => false,
    };

    // Why nothing of what a sequence holds: a type with an Equals of its own may see equality where the items differ.
    private static int HashOf(object? value) => value switch
    {
        null => 0,
        string text => text.GetHashCode(StringComparison.Ordinal),
        ITuple tuple => Enumerable.Range(0, tuple.Length).Aggregate(tuple.Length, (hash, item) => HashCode.Combine(hash, HashOf(tuple[item]))),
        IEnumerable => 1,
        _ => value.GetHashCode(),
    };
}
