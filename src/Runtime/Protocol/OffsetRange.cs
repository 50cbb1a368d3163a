namespace Millrace.Runtime.Protocol;

/// <summary>What a source task reads in one epoch: [<paramref name="Start"/>, <paramref name="End"/>).</summary>
/// <param name="IsLast">No later epoch holds data of this source: it may send its final watermark with this one.</param>
internal readonly record struct OffsetRange(long Start, long End, bool IsLast = false)
{
    public bool IsEmpty => Start == End;
}
