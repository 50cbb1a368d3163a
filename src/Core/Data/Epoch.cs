namespace Millrace.Data;

/// <summary>Number of a consistent cut of a job: the micro-batch id, the checkpoint id, the unit of commit.</summary>
/// <remarks>The first epoch of a job is 1; <see cref="None"/> (0) stands for "nothing committed yet".</remarks>
public readonly record struct Epoch(long Number) : IComparable<Epoch>
{
    /// <summary>Before the first epoch.</summary>
    public static Epoch None => default;

    public Epoch Next => new(Number + 1);

    public Epoch Previous => new(Number - 1);

    public static bool operator <(Epoch left, Epoch right) => left.Number < right.Number;

    public static bool operator >(Epoch left, Epoch right) => left.Number > right.Number;

    public static bool operator <=(Epoch left, Epoch right) => left.Number <= right.Number;

    public static bool operator >=(Epoch left, Epoch right) => left.Number >= right.Number;

    public int CompareTo(Epoch other) => Number.CompareTo(other.Number);

    public override string ToString() => $"epoch {Number}";
}
