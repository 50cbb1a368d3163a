using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Runtime.Hosting;

namespace Millrace;

/// <summary>Millrace in a service: on Akka.Hosting, with jobs from dependency injection.</summary>
public static class MillraceServiceCollectionExtensions
{
    /// <summary>
    /// Adds an embedded <see cref="MillraceHost"/> (also as <see cref="IJobRunner"/>) on an actor system of Akka.Hosting. Jobs start with the
    /// generic host and are drained, for at most <c>millrace.stop.drain-timeout</c>, when it stops. A function that does not come back even then
    /// ends the process once every service has stopped, with exit code 130.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">Name of the actor system.</param>
    /// <param name="configure">Configuration and jobs. Called at once; what it does wrong is thrown here.</param>
    public static IServiceCollection AddMillrace(this IServiceCollection services, string name = "millrace", Action<MillraceBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var builder = new MillraceBuilder();
        configure?.Invoke(builder);
        var config = MillraceHost.SystemConfiguration(builder.Options);
        services.AddAkka(name, akka => akka.AddHocon(config, HoconAddMode.Prepend));
        services.AddSingleton(provider =>
        {
            builder.Options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? builder.Options.LoggerFactory;
            return MillraceHost.On(provider.GetRequiredService<ActorSystem>(), builder.Options);
        });
        services.AddSingleton<IJobRunner>(provider => provider.GetRequiredService<MillraceHost>());
        services.AddHostedService(provider =>
        {
            var host = provider.GetRequiredService<MillraceHost>();
            return new MillraceService(
                () => builder.Jobs.Select(create => create(provider)),
                host,
                () => host.StopAsync(host.Options.DrainTimeout),
                () => host.HasSystemEnded,
                host.EndProcess);
        });
        return services;
    }
}
