namespace Millrace.Chaos.Oracle;

/// <summary>Numbers that never go back: the watermarks of sinks, the running counts of keys. Each has a name.</summary>
public sealed class ProgressCheck
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];

    /// <summary>A line for each step back.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Takes the next number of a name; one that is lower than the last is a violation.</summary>
    public void Follow(string name, long number)
    {
        if (_numbers.TryGetValue(name, out var last) && number < last)
            _violations.Add($"{name}: {last} or more expected, {number} found.");
        _numbers[name] = number;
    }

    /// <summary>Says that a name is still there: one that was there and is not is a violation.</summary>
    public void Follow(IReadOnlyDictionary<string, long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        foreach (var (name, last) in _numbers.Where(known => !numbers.ContainsKey(known.Key)))
            _violations.Add($"{name}: {last} or more expected, none found.");
        foreach (var (name, number) in numbers)
            Follow(name, number);
    }
}
