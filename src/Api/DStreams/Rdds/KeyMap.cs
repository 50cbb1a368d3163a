using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Makes dictionaries whose keys are equal as keys of shuffles are.</summary>
internal static class KeyMap
{
    /// <summary>A dictionary of the pairs; of equal keys the last pair stays.</summary>
    public static IReadOnlyDictionary<TKey, TValue> Of<TKey, TValue>(IEnumerable<(TKey Key, TValue Value)> pairs)
    {
#pragma warning disable CS8714 // Why: rows may be of any type; a null among the keys is refused below.
        var map = new Dictionary<TKey, TValue>(new KeyComparer<TKey>());
        foreach (var (key, value) in pairs)
            map[key is null ? throw new GraphException("A null key found, none expected in a dictionary; filter it out or collect the pairs.") : key] = value;
        return map;
#pragma warning restore CS8714
    }
}
