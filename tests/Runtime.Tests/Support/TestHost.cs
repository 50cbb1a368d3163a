using Millrace.Client;
using Millrace.Connectors;
using Millrace.Graphs;
using Millrace.Runtime.Hosting;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Hosts and jobs as the tests want them.</summary>
internal static class TestHost
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static JobOptions Often { get; } = new() { EpochInterval = TimeSpan.FromMilliseconds(1), Parallelism = 2 };

    public static Task<MillraceHost> StartAsync(string hocon = "", Action<MillraceHostOptions>? configure = null) => MillraceHost.StartEmbeddedAsync(options =>
    {
        options.StopsOnSignal = false;
        // A graceful stop may take as long as the tests are patient: the machine may be busy.
        options.WithHocon($"millrace.stop.drain-timeout = 30 s\n{hocon}");
        configure?.Invoke(options);
    });

    /// <summary>source → step → sink.</summary>
    public static StreamGraph Graph<TIn, TOut>(
        ISource<TIn> source, ISink<TOut> sink, string kind, Func<Operators.Operator> step, Exchange<TIn>? exchange = null, NodeOptions? options = null)
    {
        var graph = new StreamGraph();
        var port = graph.AddOperator<TIn, TOut>(kind, graph.AddSource("queue", source), step, options, exchange);
        graph.AddSink("ledger", port, sink);
        return graph;
    }
}
