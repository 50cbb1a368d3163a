namespace Millrace.Operators;

/// <summary>What happens to a record on which an operator failed three times.</summary>
/// <remarks>All but <see cref="Fail"/> are for functions of a record. One that is called at the end of an epoch (a state update) has no record to leave out: it fails the job.
/// A record is what reaches the operator: where values are reduced before they cross to their key's partition (<c>Reduce</c>, <c>ReduceByKey</c>,
/// windows), it stands for all that were reduced into it there; where values are grouped by key (<c>GroupByKey</c>, <c>CombineByKey</c>), for those of
/// its key and batch.</remarks>
public enum ErrorPolicy
{
    /// <summary>The job fails and names operator, record and cause.</summary>
    Fail,

    /// <summary>The record is left out and counted (<c>JobCounters.RecordsSkipped</c>); its effects are taken back.</summary>
    Skip,

    /// <summary>
    /// The record becomes a dead letter: its effects are taken back, and it is kept with its error, committed with its epoch, until somebody
    /// replays or discards it (<c>IJob.DeadLetters</c>). Records behind it go on, also those of its key.
    /// </summary>
    DeadLetter,

    /// <summary>
    /// As <see cref="DeadLetter"/>, and the records of its key that follow wait behind it, so that none overtakes it, until it is replayed.
    /// For operators whose records come by a hash of their key; all other keys go on.
    /// </summary>
    Park,
}
