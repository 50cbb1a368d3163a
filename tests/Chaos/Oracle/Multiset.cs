using System.Collections;

namespace Millrace.Chaos.Oracle;

/// <summary>Values with how often each occurs, in the order of their first occurrence. Enumerated, a value comes as often as it occurs.</summary>
public sealed class Multiset<T> : IEnumerable<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _counts = [];

    /// <summary>Values, each as often as it occurs.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one more.</summary>
    public void Add(T value)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out _)++;
        Count++;
    }

    /// <summary>Whether the value occurs at all.</summary>
    public bool Contains(T value) => _counts.ContainsKey(value);

    /// <summary>How often the value occurs.</summary>
    public int CountOf(T value) => _counts.GetValueOrDefault(value);

    /// <summary>What occurs here more often than there, as often as it is more.</summary>
    public IEnumerable<T> Except(Multiset<T> other) => Repeat(pair => pair.Value - other.CountOf(pair.Key));

    /// <summary>What occurs in both, as often as it does in the one where it is rarer.</summary>
    public Multiset<T> Intersect(Multiset<T> other) => [.. Repeat(pair => Math.Min(pair.Value, other.CountOf(pair.Key)))];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Repeat(pair => pair.Value).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<T> Repeat(Func<KeyValuePair<T, int>, int> times) => _counts.SelectMany(pair => Enumerable.Repeat(pair.Key, Math.Max(times(pair), 0)));
}
