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
        var read = new WorkerActor.ReadHeld(Since: 0, held => answer.TrySetResult(held.Letters));
        if (!await job.AskAsync(read, answer.Task, cancellationToken).ConfigureAwait(false))
            throw job.HasEnded(JobHandle.DeadLettersStand);
        return await answer.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task GiveAsync(RequestUid id, string order, CancellationToken cancellationToken) =>
        (await job.AskAsync(id, new JobRequest.Order(order), cancellationToken).ConfigureAwait(false) ?? throw job.HasEnded(JobHandle.DeadLettersStand)).As<JobAnswer.Done>();
}
