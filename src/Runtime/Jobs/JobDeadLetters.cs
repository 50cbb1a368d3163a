using Millrace.Client;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IDeadLetters"/>
internal sealed class JobDeadLetters(JobHandle job, int tasks) : IDeadLetters
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = new LetterReading(tasks);
        await AskAsync(new TaskMessages.ReadLetters(reading), reading.Answer, cancellationToken).ConfigureAwait(false);
        return await reading.Answer.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReplayAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(LetterOrder.Spell(replays: true, letters), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReplayAllAsync(CancellationToken cancellationToken = default) => OrderAsync(LetterOrder.Spell(replays: true, null), cancellationToken);

    /// <inheritdoc/>
    public Task DiscardAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(LetterOrder.Spell(replays: false, letters), cancellationToken);
    }

    /// <inheritdoc/>
    public Task DiscardAllAsync(CancellationToken cancellationToken = default) => OrderAsync(LetterOrder.Spell(replays: false, null), cancellationToken);

    private Task OrderAsync(string? order, CancellationToken cancellationToken)
    {
        if (order is null)
            return Task.CompletedTask;
        var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return AskAsync(new EpochCoordinator.OrderWaiting(order, committed.SetResult), committed.Task, cancellationToken);
    }

    private async Task AskAsync(object message, Task answer, CancellationToken cancellationToken)
    {
        if (!await job.AskAsync(message, answer, cancellationToken).ConfigureAwait(false))
            throw new InvalidOperationException($"Job {job.Id} expected to run, {job.State} found: its dead letters stand in its checkpoint; start it again to reach them.");
    }
}
