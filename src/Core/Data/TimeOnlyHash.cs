namespace Millrace.Data;

/// <summary>Times of day by their ticks.</summary>
internal readonly struct TimeOnlyHash : IKeyHash<TimeOnly>
{
    public ulong Hash(TimeOnly key) => StableHash.OfNumber((ulong)key.Ticks);

    public bool AreEqual(TimeOnly x, TimeOnly y) => x == y;

    public TimeOnly Own(TimeOnly key) => key;
}
