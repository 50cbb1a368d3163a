using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors;

/// <summary>Reads one split of a source. Called by one task, one call at a time; no call may block.</summary>
/// <remarks>
/// Offsets are positions of the split, comparable only within it; the first is 0. The coordinator asks for the end of what is there
/// (<see cref="Poll"/>), plans the range up to it, and the task reads exactly that range, again after every failure, until it is released.
/// </remarks>
public interface ISplitReader<T> : IDisposable
{
    /// <summary>No record will ever come behind the last polled offset.</summary>
    bool IsFinished { get; }

    /// <summary>
    /// Why no record will ever come behind the last polled offset, in one line, where that is an error: everything before it is worked off and
    /// written, then the job fails with it. <value>Default null: there is no error, or what was polled can't be read any more and a call throws.</value>
    /// </summary>
    string? Failure => null;

    /// <summary>No record with an earlier event time follows what was read. <value>Default null: the source has no event time.</value></summary>
    Watermark? Watermark => null;

    /// <summary>Nothing is expected for now: whoever merges watermarks leaves the split out. <value>Default false.</value></summary>
    bool IsIdle => false;

    /// <summary>The offset behind the last record that <paramref name="epoch"/> may read. Asked again for the same epoch, it answers the same or more.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="nowMs">Its time, which lies behind where the job is late: what came later belongs to an epoch that follows.</param>
    long Poll(Epoch epoch, long nowMs);

    /// <summary>
    /// The records from offset <paramref name="from"/> on, at most one batch and none at or behind <paramref name="to"/>, in order.
    /// <paramref name="next"/> is the offset to go on from; it moves even when all records of the step were left out (then null is given).
    /// </summary>
    Batch<T>? Read(long from, long to, out long next);

    /// <summary>
    /// What a reader opened anew must know, beside the offsets, to read from <paramref name="from"/> to <paramref name="to"/>, the end of the last
    /// poll; kept with the epoch's plan. <value>Default null: nothing.</value>
    /// </summary>
    string? Describe(long from, long to) => null;

    /// <summary>
    /// What a reader opened anew must know, beside the offset, to go on behind <paramref name="offset"/>, which has been read; kept with the task's
    /// state. The same object as long as it is the same. <value>Default null: nothing.</value>
    /// </summary>
    string? PositionAt(long offset) => null;

    /// <summary>Called once, before anything else, where another reader of the split was before this one. <value>Default: takes no notice.</value></summary>
    void Resume(SplitProgress progress)
    {
    }

    /// <summary>
    /// The job ends in order: nothing more is taken in from outside. Completes, soon and without an error, when <see cref="Poll"/> shows everything
    /// that was taken in; the poll behind it is the last. Called once at most; the source is not finished by it.
    /// <value>Default: completed, for a source whose records can be read another time.</value>
    /// </summary>
    /// <param name="patience">Cancelled when what brings the records is waited for no longer: what it brings then is not taken in.</param>
    Task DrainAsync(CancellationToken patience) => Task.CompletedTask;

    /// <summary>Everything before <paramref name="offset"/> is committed: it may be acknowledged and forgotten.</summary>
    void Release(long offset);
}
