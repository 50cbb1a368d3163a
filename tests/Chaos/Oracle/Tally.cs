namespace Millrace.Chaos.Oracle;

/// <summary>Records and the sum of their values.</summary>
internal readonly record struct Tally(long Count, long Sum)
{
    public static Tally operator +(Tally left, Tally right) => new(left.Count + right.Count, unchecked(left.Sum + right.Sum));

    public static Tally operator -(Tally left, Tally right) => new(left.Count - right.Count, unchecked(left.Sum - right.Sum));
}
