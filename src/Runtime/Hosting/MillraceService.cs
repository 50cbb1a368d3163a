using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Millrace.Runtime.Hosting;

/// <summary>Starts the added jobs with the generic host, and drains them to an epoch boundary when it stops.</summary>
internal sealed class MillraceService(IServiceProvider services, MillraceBuilder builder) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var host = services.GetRequiredService<MillraceHost>();
        foreach (var job in builder.Jobs.Select(create => create(services)))
            await job.StartAsync(host, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        var host = services.GetRequiredService<MillraceHost>();
        return host.StopAsync(host.Options.DrainTimeout).WaitAsync(cancellationToken);
    }
}
