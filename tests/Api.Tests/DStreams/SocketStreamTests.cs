using System.Net;
using System.Net.Sockets;
using System.Text;
using Millrace.Data;

namespace Millrace.Api.Tests.DStreams;

public sealed class SocketStreamTests
{
    [Fact]
    public async Task Records_that_a_function_makes_of_a_servers_bytes_are_the_rows_of_the_stream()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.SocketStream("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, Fields);
        var found = new List<string>();
        using var done = new SemaphoreSlim(0);
        stream.ForeachRDD(rdd =>
        {
            found.AddRange(rdd.Collect());
            done.Release();
        });

        await run.Context.StartAsync();
        using var connection = await listener.AcceptTcpClientAsync().WaitAsync(BatchRun.Patience);
        await connection.GetStream().WriteAsync("a;b;c;"u8.ToArray());
        while (found.Count < 3)
        {
            run.Advance(1);
            await await Task.WhenAny(done.WaitAsync(), run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);
        }

        Assert.Equal(["a", "b", "c"], found);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_while_building()
    {
        await using var run = await BatchRun.CreateAsync();

        Assert.Throws<GraphException>(() => run.Context.SocketStream("localhost", 0, Fields));
        Assert.Throws<GraphException>(() => run.Context.SocketStream("localhost", 1, Fields, new() { BlockInterval = TimeSpan.Zero }));
    }

    private static IEnumerable<string> Fields(Stream bytes)
    {
        var field = new StringBuilder();
        for (var next = bytes.ReadByte(); next >= 0; next = bytes.ReadByte())
        {
            if (next != ';')
            {
                field.Append((char)next);
                continue;
            }

            yield return field.ToString();
            field.Clear();
        }
    }
}
