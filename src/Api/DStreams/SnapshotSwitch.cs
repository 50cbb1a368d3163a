namespace Millrace.DStreams;

/// <summary>Whether anybody asked for the snapshots of a <c>MapWithState</c>; settled before the job starts.</summary>
internal sealed class SnapshotSwitch
{
    public bool IsOn { get; set; }
}
