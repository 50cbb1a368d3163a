using Millrace.Data;

namespace Millrace.Connectors.Receivers;

/// <summary>Receives records from outside, as Spark's <c>Receiver</c>: derive from it, start your threads in <see cref="OnStart"/>, and store what comes.</summary>
/// <remarks>
/// <para>A supervisor calls <see cref="OnStart"/> and <see cref="OnStop"/> in turn, never both starts at once, on threads of its own. Everything
/// else may be called from any thread, between the first start and the final stop.</para>
/// <para>Records stored one by one are gathered in blocks, and a block that is open is lost with the process (unreliable). Records stored
/// together are in the source's log when the call comes back, so that the receiver may acknowledge them (reliable): in memory, for as long as the
/// process lives, or with <see cref="ReceiverOptions.WriteAheadLog"/> on disk, for good. Epochs that run again read the same records from the log.</para>
/// <para>An acknowledgement may be lost on its way: an origin that sends again what was stored brings it twice. What was being stored when the
/// process was killed may be there or not.</para>
/// <para>Every call that stores blocks while the log is full or the rate is used up.</para>
/// </remarks>
public abstract class Receiver<T>
{
    private ReceiverSupervisor<T>? _supervisor;

    /// <summary>Whether <see cref="OnStart"/> was called, and <see cref="OnStop"/> not yet.</summary>
    public bool IsStarted => _supervisor?.IsStarted ?? false;

    /// <summary>Whether the receiver should end its work: it is stopping, is between two starts, or was never started.</summary>
    public bool IsStopped => !IsStarted;

    private ReceiverSupervisor<T> Supervisor =>
        _supervisor ?? throw new InvalidOperationException($"{GetType().Name}: a receiver that a source has started expected; pass it to a ReceiverSource.");

    /// <summary>Stores one record in the open block.</summary>
    /// <returns>False when the receiver was stopped for good, or the write-ahead log has failed, and the record is not taken.</returns>
    public bool Store(T record) => Supervisor.Blocks.Store(record);

    /// <summary>Stores records in the log, in order. They may become visible in parts; where the sequence throws, what came before is stored.</summary>
    /// <exception cref="OperationCanceledException">The receiver was stopped for good before all were stored: do not acknowledge.</exception>
    /// <exception cref="SourceFailedException">The write-ahead log does not take them, and the job ends: do not acknowledge.</exception>
    public void Store(IEnumerable<T> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (var chunk in records.Chunk(BlockGatherer<T>.BlockRecordsMax))
            Supervisor.Blocks.StoreAll(chunk).GetAwaiter().GetResult();
    }

    /// <summary>Stores records in the log, in order; completes when they are there. They may become visible in parts.</summary>
    /// <param name="records">The records; not to be changed before the task completes.</param>
    /// <exception cref="OperationCanceledException">The receiver was stopped for good before all were stored: do not acknowledge.</exception>
    /// <exception cref="SourceFailedException">The write-ahead log does not take them, and the job ends: do not acknowledge.</exception>
    public Task StoreAsync(ReadOnlyMemory<T> records) => Supervisor.Blocks.StoreAll(records);

    /// <summary>Stops the receiver and starts it again, with a warning. Comes back at once.</summary>
    /// <param name="message">Why.</param>
    /// <param name="error">What went wrong, if anything did.</param>
    /// <param name="delay">How long to wait between stop and start; null for <see cref="ReceiverOptions.RestartDelay"/>, doubled for each start that brought no record. At most a day.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative, or more than a day.</exception>
    public void Restart(string message, Exception? error = null, TimeSpan? delay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay ?? TimeSpan.Zero, TimeSpan.Zero, nameof(delay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay ?? TimeSpan.Zero, ReceiverOptions.WaitMax, nameof(delay));
        Supervisor.Restart(message, error, delay);
    }

    /// <summary>Stops the receiver for good, with a warning; the job goes on without it. Comes back at once.</summary>
    public void Stop(string message, Exception? error = null) => Supervisor.Stop(message, error);

    /// <summary>Counts an error and warns of it; the receiver goes on.</summary>
    public void ReportError(string message, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Supervisor.ReportError(message, error);
    }

    /// <summary>Starts to receive: opens connections, starts threads. Where it throws, the receiver is started again after a delay.</summary>
    /// <remarks>It may as well do the work itself, until <see cref="IsStopped"/>.</remarks>
    protected internal abstract void OnStart();

    /// <summary>Ends what <see cref="OnStart"/> began, also when that threw. Should come back soon; where it throws, a warning is all.</summary>
    /// <remarks>What is stored before it comes back is taken, and at a graceful stop is part of the last batch, as long as not more than twice <see cref="ReceiverOptions.BufferedRecordsMax"/> wait for it. After five seconds it is not waited for any longer, and nothing more is taken.</remarks>
    protected internal abstract void OnStop();

    internal void Attach(ReceiverSupervisor<T> supervisor)
    {
        if (Interlocked.CompareExchange(ref _supervisor, supervisor, null) is not null)
            throw new InvalidOperationException($"{GetType().Name}: a new receiver expected from the factory, one in use found; make one with each call.");
    }
}
