using Millrace.Data;

namespace Millrace.Client;

/// <summary>A started job. Thread-safe.</summary>
public interface IJob
{
    JobId Id { get; }

    JobState State { get; }

    /// <summary>Ends when the job has ended; faulted with <see cref="JobFailedException"/> when it failed.</summary>
    Task Completion { get; }

    /// <summary>The last committed epoch.</summary>
    Epoch Committed { get; }

    /// <summary>What the job counted so far.</summary>
    JobCounters Counters { get; }

    /// <summary>The records that operators failed on and kept, under <see cref="Operators.ErrorPolicy.DeadLetter"/> and <see cref="Operators.ErrorPolicy.Park"/>.</summary>
    IDeadLetters DeadLetters { get; }

    /// <summary>The tables that operators keep and that can be read, by operator and name, with the number of their entries.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The job does not run, or ends before the answer.</exception>
    Task<IReadOnlyList<StateTableInfo>> ListStateAsync(CancellationToken cancellationToken = default);

    /// <summary>The state of an operator, to be read while the job runs; nothing is asked before a method of it is called.</summary>
    /// <param name="operator">The operator's id, which is the name that it was given: see <see cref="ListStateAsync"/>, or the plan.</param>
    /// <param name="table">Which of its tables. Default null: its only one.</param>
    /// <typeparam name="TKey">Exactly the type of its keys.</typeparam>
    /// <typeparam name="TValue">Exactly the type of its values.</typeparam>
    IStateTable<TKey, TValue> StateOf<TKey, TValue>(string @operator, string? table = null);

    /// <summary>Writes a savepoint: all state as of a committed epoch, in one file that stands alone and is kept until somebody removes it.</summary>
    /// <param name="path">The file to write; there must be none of that name. Of a job on a cluster the node writes it that coordinates: name one in a directory that all nodes share.</param>
    /// <param name="cancellationToken">Ends the wait, not the savepoint.</param>
    /// <returns>The epoch. Every sink has everything up to it, and the job has gone on meanwhile.</returns>
    /// <exception cref="ConfigurationException">The job keeps no checkpoints, or the file can't be written.</exception>
    /// <exception cref="InvalidOperationException">The job has ended, or ends before the savepoint is written: all its sources are at their end, or it failed.</exception>
    /// <remarks>A job is started from it by <see cref="JobOptions.Savepoint"/>. Its sinks must hold nothing behind the epoch: to go on with the same ones, use <see cref="StopWithSavepointAsync"/>.</remarks>
    Task<Epoch> TakeSavepointAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Stops the job gracefully, and writes a savepoint of its last epoch, behind which nothing is written; as long as that takes.</summary>
    /// <inheritdoc cref="TakeSavepointAsync"/>
    Task<Epoch> StopWithSavepointAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives all operators that name no number of partitions another one, while the job runs: keyed state goes to its keys' new owners by key group, batch times and epochs go on,
    /// and nothing is lost, doubled or out of order within a key. It is kept with the checkpoint, and holds when the program is started again.
    /// </summary>
    /// <param name="parallelism">How many partitions; at most the job's key groups behind a hash of the key.</param>
    /// <param name="cancellationToken">Ends the wait, not the rescale.</param>
    /// <returns>The last committed epoch of when it went on with them.</returns>
    /// <exception cref="ConfigurationException">The job keeps no checkpoints, or state can't be divided: that of a partitioner of the user's, or one that belongs to a partition.</exception>
    /// <exception cref="InvalidOperationException">The job has ended, ends, or is being rescaled.</exception>
    /// <remarks>
    /// Everything planned is worked off, a snapshot is written, and tasks of the new numbers begin from it: epochs pause for as long as it takes to write and to read the state.
    /// Sources keep their splits. Receivers (sockets, callbacks) are stopped in order and started again, as by a stop and a start of the program.
    /// </remarks>
    Task<Epoch> RescaleAsync(int parallelism, CancellationToken cancellationToken = default);

    /// <summary>The same for one operator, whatever its program says, and for all whose rows come from it or go to it without an exchange.</summary>
    /// <param name="operator">Its id, as the plan shows it.</param>
    /// <param name="parallelism">How many partitions.</param>
    /// <param name="cancellationToken">Ends the wait, not the rescale.</param>
    /// <inheritdoc cref="RescaleAsync(int, CancellationToken)"/>
    Task<Epoch> RescaleAsync(string @operator, int parallelism, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops the job. Gracefully: what volatile sources (sockets, receivers, observables) have received is read, every epoch commits and is
    /// written, then the tasks end; what can be read again (files, logs, queues) is left as it is. Otherwise the tasks end at once and epochs in flight are dropped.
    /// </summary>
    /// <param name="graceful">Whether what is there is worked off first. An embedded job that commits nothing for <c>millrace.stop.graceful-timeout</c> meanwhile is ended at once.</param>
    /// <param name="cancellationToken">Ends the wait, not the stop.</param>
    /// <exception cref="StopTimeoutException">A graceful stop was not done in time; the message says what was not written.</exception>
    Task StopAsync(bool graceful, CancellationToken cancellationToken = default);
}
