namespace Millrace.Data;

/// <summary>Durations by their ticks.</summary>
internal readonly struct TimeSpanHash : IKeyHash<TimeSpan>
{
    public ulong Hash(TimeSpan key) => StableHash.OfNumber((ulong)key.Ticks);

    public bool AreEqual(TimeSpan x, TimeSpan y) => x == y;

    public TimeSpan Own(TimeSpan key) => key;
}
