using Millrace.Client;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IDeadLetters"/>
internal sealed class JobDeadLetters(JobHandle job, int tasks) : DeadLettersBase
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = new LetterReading(tasks);
        if (!await job.AskAsync(new TaskMessages.ReadLetters(reading), reading.Answer, cancellationToken).ConfigureAwait(false))
            throw HasEnded();
        return await reading.Answer.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task GiveAsync(RequestUid id, string order, CancellationToken cancellationToken) =>
        (await job.AskAsync(id, new JobRequest.Order(order), cancellationToken).ConfigureAwait(false) ?? throw HasEnded()).As<JobAnswer.Done>();

    private InvalidOperationException HasEnded() =>
        new($"Job {job.Id} expected to run, {job.State} found: its dead letters stand in its checkpoint; start it again to reach them.");
}
