namespace Millrace.DStreams;

/// <summary>A batch time: milliseconds since the Unix epoch, a whole number of batch intervals behind the context's zero time.</summary>
public readonly record struct Time(long Milliseconds) : IComparable<Time>
{
    public static bool operator <(Time left, Time right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(Time left, Time right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(Time left, Time right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(Time left, Time right) => left.Milliseconds >= right.Milliseconds;

    public int CompareTo(Time other) => Milliseconds.CompareTo(other.Milliseconds);

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Milliseconds} ms");
}
