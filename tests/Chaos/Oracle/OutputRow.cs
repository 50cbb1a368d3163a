namespace Millrace.Chaos.Oracle;

/// <summary>A row of a table that the victim writes: the batch's time, the key, and up to four numbers.</summary>
internal readonly record struct OutputRow(long BatchMs, long Key, long A, long B, long C = 0, long D = 0)
{
    public override string ToString() => $"batch {BatchMs} key {Key}: {A} {B} {C} {D}";
}
