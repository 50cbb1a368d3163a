using System.Collections.Concurrent;

namespace Millrace.Connectors.Memory;

/// <summary>Reads arrays from a queue of this process: each epoch takes one of them, or all that are there.</summary>
/// <remarks>
/// Every split reads its even share of each array. An empty array is an empty epoch where those are shown, and is passed over where not.
/// The arrays are read in place and must not change afterwards.
/// Arrays of epochs in flight are kept, so that a failed task reads them again; the process's end loses them (not replayable).
/// </remarks>
/// <param name="queue">Where the arrays come from; may be filled while the job runs.</param>
/// <param name="oneAtATime">One array an epoch, or all that are there.</param>
/// <param name="endsWhenEmpty">Whether the source is finished once an epoch finds the queue empty.</param>
public sealed class QueueSource<T>(ConcurrentQueue<T[]> queue, bool oneAtATime = true, bool endsWhenEmpty = false) : ISource<T>
{
    private readonly QueueLog<T> _log = new(queue, oneAtATime, endsWhenEmpty);

    /// <inheritdoc/>
    public string Description => "queue";

    /// <inheritdoc/>
    public bool IsReplayable => false;

    /// <inheritdoc/>
    public int? Splits => null;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new QueueSplitReader<T>(_log, context);
    }
}
