
namespace Millrace.Client;

/// <summary>The dead letters of a running job. Thread-safe.</summary>
/// <remarks>
/// They are part of the job's state: committed with the epoch in which they failed, found again after a restart, taken back with an epoch that
/// runs again. An order to replay or to discard is part of the next epoch's plan, so it takes effect exactly once.
/// In a cluster an order is given to the next coordinator where one is lost, and letters come page by page from the nodes that hold the tasks: those that come or go meanwhile may be missing.
/// Every method throws <see cref="InvalidOperationException"/> when the job has ended or ends before the answer.
/// </remarks>
public interface IDeadLetters
{
    /// <summary>All that are committed, by epoch. Those that an epoch in flight takes out are missing already.</summary>
    Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs records again, in their order, in the next epoch. One that fails again becomes a new dead letter.</summary>
    /// <param name="letters">What to run. A parked one stands for all of its key: they run in their order, and the key goes on.</param>
    /// <param name="cancellationToken">Ends the wait, not the order.</param>
    /// <returns>Completes when the epoch that ran them is committed. Letters that are not there any more are left out.</returns>
    Task ReplayAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default);

    /// <summary>Runs all of them again, also those that come before the next epoch.</summary>
    Task ReplayAllAsync(CancellationToken cancellationToken = default);

    /// <summary>Forgets records, in the next epoch. Those that wait behind a parked one go on waiting until they are replayed, unless they are discarded too.</summary>
    Task DiscardAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default);

    /// <summary>Forgets all of them, also those that come before the next epoch.</summary>
    Task DiscardAllAsync(CancellationToken cancellationToken = default);
}
