using System.Collections.Immutable;

namespace Millrace.Chaos.Histories;

/// <summary>Something wrong with the history of a log. What a kind does not tell is empty or null.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">The partition.</param>
/// <param name="Values">The records concerned; for skips and order, the earlier and the later one.</param>
public sealed record LogAnomaly(LogAnomalyKind Kind, string Key, ImmutableArray<string> Values)
{
    /// <summary>Where the records stand.</summary>
    public ImmutableArray<long> Offsets { get; init; } = [];

    /// <summary>Records passed over.</summary>
    public ImmutableArray<string> Skipped { get; init; } = [];

    /// <summary>From the earlier record to the later one, in records that are known.</summary>
    public int? Delta { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind} {Key}: {string.Join(' ', Values)}; offsets {string.Join(' ', Offsets)}; skipped {string.Join(' ', Skipped)}; delta {Delta}";
}
