using System.Globalization;
using Millrace.Data;

namespace Millrace.DStreams;

/// <summary>A batch time: milliseconds since the Unix epoch, a whole number of batch intervals behind the context's zero time.</summary>
public readonly record struct Time(long Milliseconds) : IComparable<Time>
{
    public static bool operator <(Time left, Time right) => left.Milliseconds < right.Milliseconds;

    public static bool operator >(Time left, Time right) => left.Milliseconds > right.Milliseconds;

    public static bool operator <=(Time left, Time right) => left.Milliseconds <= right.Milliseconds;

    public static bool operator >=(Time left, Time right) => left.Milliseconds >= right.Milliseconds;

    public static Time operator +(Time time, TimeSpan duration) => time.Plus(duration);

    public static Time operator -(Time time, TimeSpan duration) => new(time.Milliseconds - Whole(duration));

    public static TimeSpan operator -(Time left, Time right) => TimeSpan.FromMilliseconds(left.Milliseconds - right.Milliseconds);

    /// <summary>The time so much later.</summary>
    public Time Plus(TimeSpan duration) => new(Milliseconds + Whole(duration));

    /// <summary>The last time at or before this one that is a multiple of a duration behind a zero time.</summary>
    public Time Floor(TimeSpan duration, Time zero = default)
    {
        var (step, since) = (Step(duration), Milliseconds - zero.Milliseconds);
        return new(Milliseconds - (((since % step) + step) % step));
    }

    /// <summary>Whether it is a multiple of a duration.</summary>
    public bool IsMultipleOf(TimeSpan duration) => Milliseconds % Step(duration) == 0;

    /// <summary>The times from this one up to another, which is left out, in steps of a duration.</summary>
    public IEnumerable<Time> Until(Time end, TimeSpan step)
    {
        var (first, stepMs) = (Milliseconds, Step(step));
        return Steps();

        IEnumerable<Time> Steps()
        {
            for (var at = first; at < end.Milliseconds; at += stepMs)
                yield return new(at);
        }
    }

    /// <summary>The times from this one up to another, which is among them if a step meets it.</summary>
    public IEnumerable<Time> To(Time end, TimeSpan step) => Until(new(end.Milliseconds + 1), step);

    public int CompareTo(Time other) => Milliseconds.CompareTo(other.Milliseconds);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds} ms");

    private static long Whole(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerMillisecond == 0
        ? duration.Ticks / TimeSpan.TicksPerMillisecond
        : throw new GraphException($"A duration of {duration} found, whole milliseconds expected.");

    private static long Step(TimeSpan duration) => Whole(duration) is > 0 and var step
        ? step
        : throw new GraphException($"A duration of {duration} found, more than zero expected.");
}
