namespace Millrace.Runtime.Protocol;

/// <summary>Where a process row stands: the stream of one process incarnation and the row's number in it.</summary>
internal readonly record struct RowAddress(ProcessUid Process, long Number)
{
    public override string ToString() => $"{Process}/{Number}";
}
