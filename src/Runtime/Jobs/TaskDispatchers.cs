using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace Millrace.Runtime.Jobs;

/// <summary>Gives the tasks of each job a dispatcher of their own, with threads of its own; and each of its executors another.</summary>
/// <remarks>
/// Dedicated threads, so that user code can't starve anything else. Where a
/// function hangs the dispatcher never comes back; all others do, for the next job.
/// </remarks>
/// <param name="system">Where they are made.</param>
/// <param name="name">What their names begin with.</param>
/// <param name="threads">Of each.</param>
internal sealed class TaskDispatchers(ActorSystem system, string name, int threads)
{
    private readonly ConcurrentBag<string> _free = [];
    private int _made;

    /// <summary>The id of a dispatcher that nobody uses.</summary>
    public string Take() => _free.TryTake(out var id) ? id : Create();

    /// <summary>Takes back a dispatcher whose actors have all ended.</summary>
    public void Return(string id) => _free.Add(id);

    private string Create()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{Interlocked.Increment(ref _made)}");
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
