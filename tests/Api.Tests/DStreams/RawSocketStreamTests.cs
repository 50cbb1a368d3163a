using System.Net;
using System.Net.Sockets;
using Millrace.Connectors.Sockets;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

public sealed class RawSocketStreamTests
{
    [Fact]
    public async Task Rows_of_a_server_are_the_rows_of_the_stream()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.RawSocketStream<(string Word, int Count)>("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        var found = new List<(string, int)>();
        using var done = new SemaphoreSlim(0);
        stream.ReduceByKey((left, right) => left + right).ForeachRDD(rdd =>
        {
            found.AddRange(rdd.Collect());
            done.Release();
        });

        await run.Context.StartAsync();
        using (var connection = await listener.AcceptTcpClientAsync().WaitAsync(BatchRun.Patience))
        {
            using var writer = new RawSocketWriter<(string, int)>(connection.GetStream());
            for (var row = 0; row < 10; row++)
                writer.Write(($"word {row % 2}", 1));
        }

        while (found.Sum(pair => pair.Item2) < 10)
        {
            run.Advance(1);
            await await Task.WhenAny(done.WaitAsync(), run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);
        }

        Assert.Equal([("word 0", 5), ("word 1", 5)], found.GroupBy(pair => pair.Item1).Select(group => (group.Key, group.Sum(pair => pair.Item2))).Order());
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_while_building()
    {
        await using var run = await BatchRun.CreateAsync();

        Assert.Throws<GraphException>(() => run.Context.RawSocketStream<int>("localhost", 0));
        Assert.Throws<GraphException>(() => run.Context.RawSocketStream<Action>("localhost", 9999));
    }
}
