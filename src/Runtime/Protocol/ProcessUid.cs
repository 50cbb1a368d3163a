namespace Millrace.Runtime.Protocol;

/// <summary>Identity of one process incarnation: random at its start and never reused, so that a restarted process is another one.</summary>
internal readonly record struct ProcessUid(ulong Value) : IComparable<ProcessUid>
{
    /// <value>No process: the owner of a task that nobody holds.</value>
    public static ProcessUid None => default;

    public int CompareTo(ProcessUid other) => Value.CompareTo(other.Value);

    public override string ToString() => $"{Value:x16}";
}
