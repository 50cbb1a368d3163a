namespace Millrace.Runtime.Checkpoints;

/// <summary>Which record a row holds; the numbers are durable and never change their meaning.</summary>
internal enum RowKind : byte
{
    LeaseTaken = 1,
    Opened = 2,
    Planned = 3,
    Attempted = 4,
    Committed = 5,
    Snapshotted = 6,
    Closed = 7,
    Sealed = 8,
    EpochDeltas = 9,
    TaskImage = 10,
    JobsBooked = 11,
}
