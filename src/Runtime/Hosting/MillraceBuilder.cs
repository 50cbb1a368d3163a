using Microsoft.Extensions.DependencyInjection;
using Millrace.Client;

namespace Millrace.Runtime.Hosting;

/// <summary>What a service configures when it adds Millrace.</summary>
public sealed class MillraceBuilder
{
    private readonly List<Func<IServiceProvider, IStreamJob>> _jobs = [];

    /// <summary>Configuration, logging and clock. The first signal is the generic host's business here; a second one ends the process at once.</summary>
    public MillraceHostOptions Options { get; } = new() { StopsOnSignal = false, EndsOnSecondSignal = true };

    internal IReadOnlyList<Func<IServiceProvider, IStreamJob>> Jobs => _jobs;

    /// <summary>Adds HOCON text over the reference configuration; later text wins.</summary>
    public MillraceBuilder WithHocon(string hocon)
    {
        Options.WithHocon(hocon);
        return this;
    }

    /// <summary>Adds a HOCON file; later ones win.</summary>
    public MillraceBuilder WithHoconFile(string path)
    {
        Options.WithHoconFile(path);
        return this;
    }

    /// <summary>Starts a job with the host. Its constructor may take services.</summary>
    public MillraceBuilder AddJob<TJob>()
        where TJob : class, IStreamJob
    {
        _jobs.Add(services => ActivatorUtilities.CreateInstance<TJob>(services));
        return this;
    }
}
