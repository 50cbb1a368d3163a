using System.Collections.Concurrent;
using Akka.Actor;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;
using Millrace.Runtime.Hosting;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>A context on a job with executors, which a test may kill, and datasets that they compute.</summary>
internal sealed class ExecutorRun : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly MillraceHost _host;

    private ExecutorRun(int executors)
    {
        var options = new MillraceHostOptions { StopsOnSignal = false }.WithHocon($"millrace.task.threads = {executors}");
        _system = ActorSystem.Create("tests", MillraceHost.SystemConfiguration(options));
        _host = MillraceHost.On(_system, options);
        Context = new StreamingContext(_host, TimeSpan.FromMilliseconds(10), new JobOptions { Parallelism = 2 });
    }

    public StreamingContext Context { get; }

    public IJobRunner Host => _host;

    /// <summary>Starts a job that goes on until it is disposed of.</summary>
    public static async Task<ExecutorRun> StartAsync(Action<ExecutorRun>? build = null, int executors = 2)
    {
        var run = new ExecutorRun(executors);
        if (build is null)
            run.Context.QueueStream(new ConcurrentQueue<int[]>()).ForeachRDD(_ => { });
        else
            build(run);
        await run.Context.StartAsync();
        return run;
    }

    /// <summary>An RDD with exactly these partitions.</summary>
    public Rdd<T> Of<T>(params T[][] partitions) => new(new SourceRecipe<T>("TestRdd", partitions), "test", runner: Context.Datasets);

    /// <summary>As many partitions of one pair each: of the partition's number modulo 3, and of itself.</summary>
    public Rdd<(int Key, int Value)> Pairs(int partitions) => Of([.. Enumerable.Range(0, partitions).Select(partition => new[] { (partition % 3, partition) })]);

    /// <summary>Kills an executor and waits until it is lost.</summary>
    public void Kill(Executor executor)
    {
        _system.ActorSelection($"/user/millrace/*/executors/executor-{executor.Number}").Tell(Akka.Actor.Kill.Instance);
        Assert.True(SpinWait.SpinUntil(() => executor.IsLost, BatchRun.Patience), "The executor is not lost.");
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        await _host.DisposeAsync();
        await _system.Terminate();
        _system.Dispose();
    }
}
