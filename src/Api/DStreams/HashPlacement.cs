namespace Millrace.DStreams;

/// <summary>Keys are on the partition of their key group.</summary>
internal sealed class HashPlacement
{
    private HashPlacement()
    {
    }

    public static HashPlacement Instance { get; } = new();
}
