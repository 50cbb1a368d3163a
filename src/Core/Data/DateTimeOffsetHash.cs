namespace Millrace.Data;

/// <summary>Moments by their UTC ticks; as in their own equality, the offset doesn't count.</summary>
internal readonly struct DateTimeOffsetHash : IKeyHash<DateTimeOffset>
{
    public ulong Hash(DateTimeOffset key) => StableHash.OfNumber((ulong)key.UtcTicks);

    public bool AreEqual(DateTimeOffset x, DateTimeOffset y) => x == y;

    public DateTimeOffset Own(DateTimeOffset key) => key;
}
