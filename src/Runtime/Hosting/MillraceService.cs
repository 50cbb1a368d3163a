using Microsoft.Extensions.Hosting;
using Millrace.Client;

namespace Millrace.Runtime.Hosting;

/// <summary>Starts the added jobs with the generic host, and drains them to an epoch boundary when it stops.</summary>
/// <param name="jobs">Makes the jobs, when the host starts.</param>
/// <param name="runner">Where they start.</param>
/// <param name="drain">Stops every job gracefully.</param>
internal sealed class MillraceService(Func<IEnumerable<IStreamJob>> jobs, IJobRunner runner, Func<Task> drain) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in jobs())
            await job.StartAsync(runner, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => drain().WaitAsync(cancellationToken);
}
