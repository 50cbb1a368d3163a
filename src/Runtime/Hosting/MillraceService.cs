using Microsoft.Extensions.Hosting;
using Millrace.Client;

namespace Millrace.Runtime.Hosting;

/// <summary>Starts the added jobs with the generic host, and drains them to an epoch boundary when it stops.</summary>
/// <param name="jobs">Makes the jobs, when the host starts.</param>
/// <param name="runner">Where they start.</param>
/// <param name="drain">Stops every job gracefully.</param>
/// <param name="hasEnded">Whether the actor system has ended.</param>
/// <param name="giveUp">Ends the process.</param>
internal sealed class MillraceService(Func<IEnumerable<IStreamJob>> jobs, IJobRunner runner, Func<Task> drain, Func<bool> hasEnded, Action giveUp)
    : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in jobs())
            await job.StartAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => drain().WaitAsync(cancellationToken);

    /// <summary>Every service has stopped, the actor system's too. Where a task hangs in a user's function it has not ended, and never will.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        // Why here and not later: the host then disposes of the actor system, which would wait for the task for ever.
        if (!hasEnded())
            giveUp();
        return Task.CompletedTask;
    }
}
