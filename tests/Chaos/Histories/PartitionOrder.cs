namespace Millrace.Chaos.Histories;

/// <summary>What is known of a partition: which values stand where, by the offsets that sends and polls were told. Places count known offsets, from 0.</summary>
internal sealed class PartitionOrder
{
    private readonly SortedList<long, List<string>> _values = [];
    private readonly Dictionary<string, SortedSet<long>> _offsets = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<long, List<string>>> Offsets => _values;

    public IEnumerable<KeyValuePair<string, SortedSet<long>>> Values => _offsets;

    public void Add(long offset, string value)
    {
        if (!_values.TryGetValue(offset, out var values))
            _values.Add(offset, values = []);
        if (!values.Contains(value))
            values.Add(value);
        if (!_offsets.TryGetValue(value, out var offsets))
            _offsets.Add(value, offsets = []);
        offsets.Add(offset);
    }

    /// <summary>The place of a step; null where it is not known.</summary>
    public int? PlaceOf(LogStep step)
    {
        if (step.Offset is { } told && _values.ContainsKey(told))
            return _values.IndexOfKey(told);
        return _offsets.TryGetValue(step.Value, out var offsets) ? _values.IndexOfKey(offsets.Min) : null;
    }

    /// <summary>The values that stand behind the one place and before the other.</summary>
    public IEnumerable<string> Between(int earlier, int later)
    {
        for (var place = earlier + 1; place < later; place++)
        {
            foreach (var value in _values.GetValueAtIndex(place))
                yield return value;
        }
    }
}
