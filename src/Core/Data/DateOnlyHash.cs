namespace Millrace.Data;

/// <summary>Dates by their day number.</summary>
internal readonly struct DateOnlyHash : IKeyHash<DateOnly>
{
    public ulong Hash(DateOnly key) => StableHash.OfNumber((ulong)key.DayNumber);

    public bool AreEqual(DateOnly x, DateOnly y) => x == y;

    public DateOnly Own(DateOnly key) => key;
}
