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
        if (!await job.AskAsync(new TaskMessages.ReadLetters(reading), reading.Answer, cancellationToken).ConfigureAwait(false))
            throw HasEnded();
        return await reading.Answer.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReplayAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(replays: true, letters, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReplayAllAsync(CancellationToken cancellationToken = default) => OrderAsync(replays: true, null, cancellationToken);

    /// <inheritdoc/>
    public Task DiscardAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(replays: false, letters, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DiscardAllAsync(CancellationToken cancellationToken = default) => OrderAsync(replays: false, null, cancellationToken);

    private async Task OrderAsync(bool replays, IEnumerable<DeadLetter>? letters, CancellationToken cancellationToken)
    {
        var id = RequestUid.New();
        if (LetterOrder.Spell(id, replays, letters) is { } order)
            (await job.AskAsync(id, new JobRequest.Order(order), cancellationToken).ConfigureAwait(false) ?? throw HasEnded()).As<JobAnswer.Done>();
    }

    private InvalidOperationException HasEnded() =>
        new($"Job {job.Id} expected to run, {job.State} found: its dead letters stand in its checkpoint; start it again to reach them.");
}
