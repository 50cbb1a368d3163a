using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace Millrace.Runtime.Jobs;

/// <summary>Gives each job a dispatcher of its own, with threads of its own.</summary>
/// <remarks>
/// Dedicated threads, as many as processors, so that user code can't starve anything else. A job whose function hangs leaves its threads behind; the next job has fresh ones.
/// </remarks>
internal sealed class TaskDispatchers(ActorSystem system, int threads)
{
    private int _made;

    /// <summary>Registers a new dispatcher and returns its id.</summary>
    public string Create()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"millrace-tasks-{Interlocked.Increment(ref _made)}");
        var config = ConfigurationFactory.ParseString($$"""
            id = "{{id}}"
            executor = fork-join-executor
            throughput = 100
            dedicated-thread-pool {
              thread-count = {{threads}}
              threadtype = background
            }
            """);
        system.Dispatchers.RegisterConfigurator(
            id, new DispatcherConfigurator(config.WithFallback(system.Dispatchers.DefaultDispatcherConfig), system.Dispatchers.Prerequisites));
        return id;
    }
}
