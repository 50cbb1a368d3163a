using System.Diagnostics;
using Millrace.Connectors.Memory;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class BatchDelayTests
{
    private const int Rows = 500;
    private const int RowsBehindMax = 64;
    private const int RowsAtFirst = 128;

    [Fact]
    public async Task Rows_of_a_slow_function_arrive_behind_the_exchange_while_it_works_on_the_same_batch()
    {
        var arrived = Enumerable.Range(0, Rows).Select(_ => new ManualResetEventSlim()).ToArray();
        var late = -1;
        await using var host = await TestHost.StartAsync("millrace { exchange.max-batch-delay = 5 ms, task.threads = 4 }");
        var graph = new StreamGraph();
        var queue = graph.AddSource("queue", new QueueSource<int>(new([[.. Enumerable.Range(0, Rows)]]), endsWhenEmpty: true));
        var slow = graph.AddOperator<int, (int Key, int Row)>("slow", queue, () => new MapOperator<int, (int Key, int Row)>(row =>
        {
            Work();
            if (late < 0 && row >= RowsAtFirst && !arrived[row - RowsBehindMax].Wait(TestHost.Patience))
                late = row;
            return (row % 10, row);
        }));
        var fast = graph.AddOperator<(int Key, int Row), int>(
            "fast",
            slow,
            () => new MapOperator<(int Key, int Row), int>(row =>
            {
                arrived[row.Row].Set();
                return row.Row;
            }),
            new NodeOptions { Parallelism = 2 },
            Exchange<(int Key, int Row)>.Hash(new KeyPartitioner<int, int>()));
        var sink = new LedgerSink<int>();
        graph.AddSink("ledger", fast, sink);

        var job = await host.StartAsync(graph, TestHost.Often with { Parallelism = 1 });
        await job.Completion.WaitAsync(TestHost.Patience * 2);

        Assert.Equal(-1, late);
        Assert.Equal(Enumerable.Range(0, Rows), sink.Rows.Select(entry => entry.Row).Order());
    }

    // What makes the function slow: a millisecond of its thread's time a row.
    private static void Work()
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(1);)
            Thread.SpinWait(100);
    }
}
