using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>A dead letter as it stands in a task's state.</summary>
/// <param name="Epoch">When it failed, or came to wait.</param>
/// <param name="Partition">The task's partition then: with <paramref name="Epoch"/> and <paramref name="Number"/> its name at this input, whoever owns it later.</param>
/// <param name="Number">Counts within the epoch.</param>
/// <param name="Operator">Which operator failed.</param>
/// <param name="Place">Where the record came from, for a person.</param>
/// <param name="Error">In one line.</param>
/// <param name="Details">The exception with its stack; empty for one that waits.</param>
/// <param name="Time">Its event time; null where it has none.</param>
/// <param name="Change">What it says of its table; null where it is an insert without a side array.</param>
/// <param name="Record">The row.</param>
internal sealed record StoredLetter<T>(
    long Epoch, int Partition, int Number, string Operator, string Place, string Error, string Details, long? Time, ChangeKind? Change, T Record)
{
    public bool IsWaiting => Details.Length == 0;

    public Batch<T> ToBatch()
    {
        var batch = Batch<T>.Of(Record);
        if (Time is { } time)
            batch.AttachTimes()[0] = time;
        if (Change is { } change)
            batch.AttachChanges()[0] = change;
        return batch;
    }
}
