using Millrace.Client;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IDeadLetters"/>
internal sealed class JobDeadLetters(JobHandle job) : DeadLettersBase
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<DeadLetter>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!await job.AskAsync(new WorkerActor.ReadAll(answer), answer.Task, cancellationToken).ConfigureAwait(false))
            throw HasEnded();
        return await answer.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task GiveAsync(RequestUid id, string order, CancellationToken cancellationToken) =>
        (await job.AskAsync(id, new JobRequest.Order(order), cancellationToken).ConfigureAwait(false) ?? throw HasEnded()).As<JobAnswer.Done>();

    private InvalidOperationException HasEnded() =>
        new($"Job {job.Id} expected to run, {job.State} found: its dead letters stand in its checkpoint; start it again to reach them.");
}
