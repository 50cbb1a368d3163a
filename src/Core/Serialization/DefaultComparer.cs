using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Millrace.Serialization;

/// <summary>Whether a set or map compares as its items do by themselves: another comparer is code, which can't be written and would be lost without a word.</summary>
internal static class DefaultComparer
{
    public static bool Of<T>(IEnumerable<T> set) => set switch
    {
        HashSet<T> hashed => Hashes(hashed.Comparer),
        SortedSet<T> sorted => Orders(sorted.Comparer),
        ImmutableHashSet<T> hashed => Hashes(hashed.KeyComparer),
        ImmutableSortedSet<T> sorted => Orders(sorted.KeyComparer),
        _ => true,
    };

    public static bool Of<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> map)
        where TKey : notnull => map switch
        {
            Dictionary<TKey, TValue> hashed => Hashes(hashed.Comparer),
            ConcurrentDictionary<TKey, TValue> hashed => Hashes(hashed.Comparer),
            ImmutableDictionary<TKey, TValue> hashed => Hashes(hashed.KeyComparer),
            SortedDictionary<TKey, TValue> sorted => Orders(sorted.Comparer),
            SortedList<TKey, TValue> sorted => Orders(sorted.Comparer),
            ImmutableSortedDictionary<TKey, TValue> sorted => Orders(sorted.KeyComparer),
            _ => true,
        };

    // Why ordinal too: it finds the same texts equal.
    private static bool Hashes<T>(IEqualityComparer<T> comparer) =>
        ReferenceEquals(comparer, EqualityComparer<T>.Default) || ReferenceEquals(comparer, StringComparer.Ordinal);

    private static bool Orders<T>(IComparer<T> comparer) => ReferenceEquals(comparer, Comparer<T>.Default);
}
