namespace Millrace.Time;

/// <summary>Promise that no record with an earlier event time follows on the channel.</summary>
public readonly record struct Watermark(long TimestampMs) : IComparable<Watermark>
{
    /// <summary>Nothing is promised yet.</summary>
    public static Watermark Minimum => new(long.MinValue);

    /// <summary>Nothing follows at all.</summary>
    public static Watermark Maximum => new(long.MaxValue);

    public static bool operator <(Watermark left, Watermark right) => left.TimestampMs < right.TimestampMs;

    public static bool operator >(Watermark left, Watermark right) => left.TimestampMs > right.TimestampMs;

    public static bool operator <=(Watermark left, Watermark right) => left.TimestampMs <= right.TimestampMs;

    public static bool operator >=(Watermark left, Watermark right) => left.TimestampMs >= right.TimestampMs;

    public int CompareTo(Watermark other) => TimestampMs.CompareTo(other.TimestampMs);
}
