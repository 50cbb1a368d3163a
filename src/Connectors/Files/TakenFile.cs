namespace Millrace.Connectors.Files;

/// <summary>A file that belongs to an epoch.</summary>
/// <param name="Path">Where its bytes are, without links.</param>
/// <param name="SizeBytes">How much of it is read; more than zero.</param>
/// <param name="First">The offset of its first byte in the split.</param>
internal sealed record TakenFile(string Path, long SizeBytes, long First)
{
    /// <summary>The offset behind its last byte.</summary>
    public long End => First + SizeBytes;
}
