using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Millrace.Connectors.Lines;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class SocketTextReaderTests
{
    [Fact]
    public async Task Lines_arrive_in_order_over_several_connections()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, host: "localhost");

        await server.ServeAsync("a\nb\n");
        await server.ServeAsync("c\r\nhalf");
        await server.ServeAsync("\uFEFFd\n");
        await harness.ReceivedAtLeast(5);

        Assert.Equal(["a", "b", "c", "half", "d"], harness.Read(0, 5));
        Assert.False(harness.Reader.IsFinished);
    }

    [Fact]
    public async Task Ranges_are_read_again_alike_until_released()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port);
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"line {i}\n"));

        await server.ServeAsync(text);
        await harness.ReceivedAtLeast(10_000);
        harness.Reader.Release(1000);
        var first = harness.Read(1000, 10_000);
        var second = harness.Read(1000, 10_000);

        Assert.Equal(Enumerable.Range(1000, 9000).Select(i => $"line {i}"), first);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Lines_come_no_faster_than_the_rate_and_those_received_all_at_once_at_the_end()
    {
        var clock = new ManualClock();
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { MaxRate = 1000, InitialRate = 100 }, clock: clock);
        using var socket = await server.AcceptAsync();
        await TextServer.SendAsync(socket, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n"))));

        await harness.ReceivedAtLeast(1);
        Assert.Equal(1, harness.Received);
        for (var second = 1; second <= 3; second++)
        {
            await Waiting.For(
                () =>
                {
                    clock.Advance(TimeSpan.FromMilliseconds(10));
                    return clock.Now >= TimeSpan.FromSeconds(second);
                },
                "a second");
            Assert.InRange(harness.Received, 0, 11 + (100 * second));
        }

        await harness.Reader.DrainAsync(CancellationToken.None).WaitAsync(Waiting.Timeout);

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i}"), harness.Read(0, harness.Received));
    }

    [Fact]
    public async Task Source_waits_for_a_server_that_starts_later_and_warns_once()
    {
        var port = TextServer.FreePort();
        using var harness = new ReaderHarness(port);
        await Waiting.For(() => !harness.Log.IsEmpty, "the first warning");

        using var server = new TextServer(port);
        using var socket = await server.AcceptAsync();
        await TextServer.SendAsync(socket, "late\n"u8.ToArray());
        await harness.ReceivedAtLeast(1);

        Assert.Equal([LogLevel.Warning, LogLevel.Information], harness.Log.Select(entry => entry.Level));
        Assert.All(harness.Log, entry => Assert.DoesNotContain('\n', entry.Text));
    }

    [Fact]
    public async Task Refused_port_fails_in_the_end_with_one_line()
    {
        var port = TextServer.FreePort();
        using var harness = new ReaderHarness(port, ReaderHarness.Fast with { FailAfter = TimeSpan.FromMilliseconds(200) });

        var error = await harness.Failed();

        Assert.Contains($"socket 127.0.0.1:{port}: no connection for", error.Message, StringComparison.Ordinal);
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Throws<Millrace.Data.SourceFailedException>(() => harness.Reader.Read(0, 0, out _));
    }

    [Fact]
    public async Task Unknown_host_fails_in_the_end_with_one_line()
    {
        using var harness = new ReaderHarness(9, ReaderHarness.Fast with { FailAfter = TimeSpan.FromMilliseconds(200) }, "nobody.invalid");

        var error = await harness.Failed();

        Assert.Contains("host nobody.invalid", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Reset_connection_is_made_again()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port);

        using (var socket = await server.AcceptAsync())
        {
            await TextServer.SendAsync(socket, "before\n"u8.ToArray());
            await harness.ReceivedAtLeast(1);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        await server.ServeAsync("after\n");
        await harness.ReceivedAtLeast(2);

        Assert.Equal(["before", "after"], harness.Read(0, 2));
    }

    [Fact]
    public async Task Silent_connection_is_made_again_after_the_idle_timeout()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { IdleTimeout = TimeSpan.FromMilliseconds(100) });

        using var silent = await server.AcceptAsync();
        await server.ServeAsync("again\n");
        await harness.ReceivedAtLeast(1);

        Assert.Contains(harness.Log, entry => entry.Text.Contains("nothing came for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Huge_line_is_dropped_with_flat_memory_and_counted_once()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port);
        using var socket = await server.AcceptAsync();
        await TextServer.SendAsync(socket, "first\n"u8.ToArray());
        await harness.ReceivedAtLeast(1);
        var chunk = new byte[1 << 20];
        Array.Fill(chunk, (byte)'x');
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 100; i++)
            await TextServer.SendAsync(socket, chunk);
        await TextServer.SendAsync(socket, "\nlast\n"u8.ToArray());
        await harness.ReceivedAtLeast(2);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(["first", "last"], harness.Read(0, 2));
        Assert.Equal(1, harness.Skipped("oversized line"));
        Assert.InRange(growth, long.MinValue, 20 << 20);
    }

    [Fact]
    public async Task Oversized_line_fails_the_source_where_the_policy_says_so()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { LineLengthMaxBytes = 10, OversizedLines = LinePolicy.Fail });

        await server.ServeAsync("12345678901\n");
        var error = await harness.Failed();

        Assert.Contains("LineLengthMaxBytes = 10", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_lines_all_the_same()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port);

        await server.ServeAsync([0x16, 0x03, 0x01, 0x00, 0xFF, (byte)'\n'], "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await harness.ReceivedAtLeast(3);

        Assert.Equal(["\u0016\u0003\u0001\0\uFFFD", "GET / HTTP/1.1", ""], harness.Read(0, 3));
        Assert.Equal(1, harness.Skipped("invalid UTF-8"));
    }

    [Fact]
    public async Task Sender_is_held_up_while_nothing_is_released_and_goes_on_afterwards()
    {
        const int Total = 200 << 20;
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { BufferedBytesMax = 1 << 20 });
        using var socket = await server.AcceptAsync();
        socket.SendBufferSize = 64 << 10;
        var chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 64)));
        var sent = 0L;
        var sending = Task.Run(async () =>
        {
            for (; sent < Total; Interlocked.Add(ref sent, chunk.Length))
                await TextServer.SendAsync(socket, chunk);
        });

        await Waiting.For(() => harness.Reader.Weight >= 1 << 20, "a full buffer");
        using (var quiet = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            for (var last = -1L; last != Interlocked.Read(ref sent);)
            {
                last = Interlocked.Read(ref sent);
                await quiet.WaitForNextTickAsync();
            }
        }

        Assert.InRange(Interlocked.Read(ref sent), 1, 32 << 20);
        Assert.InRange(harness.Reader.Weight, 1 << 20, 2 << 20);

        while (!sending.IsCompleted)
        {
            harness.Reader.Release(harness.Received);
            await Task.Yield();
        }

        await sending;
        await Waiting.For(
            () =>
            {
                harness.Reader.Release(harness.Received);
                return harness.Received >= Total / 1024;
            },
            "the rest");
    }

    [Fact]
    public async Task Disposed_reader_closes_its_connection()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port);
        using var socket = await server.AcceptAsync();

        harness.Dispose();
        await harness.Completion.WaitAsync(Waiting.Timeout);

        var received = await Record.ExceptionAsync(async () => Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(Waiting.Timeout)));
        Assert.True(received is null or SocketException, received?.ToString());
    }

    [Fact]
    public async Task Full_reader_connects_again_only_when_there_is_room()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { BufferedBytesMax = 1 });
        using (var socket = await server.AcceptAsync())
        {
            await TextServer.SendAsync(socket, "first\n"u8.ToArray());
            await harness.ReceivedAtLeast(1);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        var second = server.ServeAsync("second\n");
        using var quiet = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        await quiet.WaitForNextTickAsync();
        Assert.False(second.IsCompleted);

        harness.Reader.Release(1);
        await second;
        await harness.ReceivedAtLeast(2);
        Assert.Equal(["second"], harness.Read(1, 2));
    }

    [Fact]
    public async Task Full_reader_is_disposed_after_the_server_closed()
    {
        using var server = new TextServer();
        using var harness = new ReaderHarness(server.Port, ReaderHarness.Fast with { BufferedBytesMax = 1 });
        await server.ServeAsync("first\n");
        await harness.ReceivedAtLeast(1);

        harness.Dispose();

        await harness.Completion.WaitAsync(Waiting.Timeout);
    }
}
