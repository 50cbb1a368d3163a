namespace Millrace.DStreams.Rdds;

/// <summary>Brings the values of each key into one combined value.</summary>
internal sealed class KeyCombiner<TKey, TValue, TCombined>(
    Func<TValue, TCombined> create, Func<TCombined, TValue, TCombined> add, Func<TCombined, TCombined, TCombined> merge)
{
    /// <summary>Combines values, on the map side or where no shuffle is needed.</summary>
    public IEnumerable<(TKey Key, TCombined Value)> Combine(IEnumerable<(TKey Key, TValue Value)> rows)
    {
        var table = new KeyTable<TKey, TCombined>();
        foreach (var (key, value) in rows)
        {
            ref var combined = ref table.Find(key, out var isKnown);
            combined = isKnown ? add(combined, value) : create(value);
        }

        return table.Entries;
    }

    /// <summary>Merges combined values, behind the shuffle.</summary>
    public IEnumerable<(TKey Key, TCombined Value)> Merge(IEnumerable<(TKey Key, TCombined Value)> rows)
    {
        var table = new KeyTable<TKey, TCombined>();
        foreach (var (key, value) in rows)
        {
            ref var combined = ref table.Find(key, out var isKnown);
            combined = isKnown ? merge(combined, value) : value;
        }

        return table.Entries;
    }
}
