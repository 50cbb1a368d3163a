namespace Millrace.Data;

/// <summary>Dates with time by their ticks; as in their own equality, the kind doesn't count.</summary>
internal readonly struct DateTimeHash : IKeyHash<DateTime>
{
    public ulong Hash(DateTime key) => StableHash.OfNumber((ulong)key.Ticks);

    public bool AreEqual(DateTime x, DateTime y) => x == y;

    public DateTime Own(DateTime key) => key;
}
