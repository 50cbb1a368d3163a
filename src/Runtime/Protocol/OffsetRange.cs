namespace Millrace.Runtime.Protocol;

/// <summary>What a source task reads in one epoch: [<paramref name="Start"/>, <paramref name="End"/>).</summary>
/// <param name="IsLast">No later epoch holds data of this source: it may send its final watermark with this one.</param>
/// <param name="IsVolatile">The source can't be read again: a process that did not receive the records itself reads none and counts them lost.</param>
/// <param name="Detail">What a reader opened anew must know to read the range, beside its offsets; null: nothing.</param>
internal readonly record struct OffsetRange(long Start, long End, bool IsLast = false, bool IsVolatile = false, string? Detail = null)
{
    /// <summary>No range yet, in a history that holds others: the source begins where it can.</summary>
    public static OffsetRange None => new(-1, -1);

    public bool IsEmpty => Start == End;
}
