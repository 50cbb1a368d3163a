using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Millrace.Connectors.Sockets;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class RawSocketSourceTests : IDisposable, ILogger
{
    private static readonly RawSocketSourceOptions Fast = new()
    {
        ReconnectDelayMin = TimeSpan.FromMilliseconds(5),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(50),
    };

    private readonly TextServer _server = new();
    private readonly ConcurrentDictionary<string, int> _skipped = new();
    private readonly ConcurrentQueue<string> _log = new();
    private IDisposable? _reader;

    public static TheoryData<string, int, RawSocketSourceOptions> Wrong => new()
    {
        { "", 9999, new() },
        { "localhost", 65536, new() },
        { "localhost", 9999, new() { BlockLengthMaxBytes = 0 } },
        { "localhost", 9999, new() { BlockLengthMaxBytes = int.MaxValue } },
        { "localhost", 9999, new() { BadBlocks = (BlockPolicy)7 } },
        { "localhost", 9999, new() { BufferedBytesMax = 0 } },
        { "localhost", 9999, new() { ReconnectDelayMin = TimeSpan.Zero } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_arguments_are_refused_in_one_line(string host, int port, RawSocketSourceOptions options)
    {
        var error = Assert.Throws<GraphException>(() => new RawSocketSource<int>(host, port, options));

        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Rows_that_can_not_be_read_are_refused_when_the_source_is_made() =>
        Assert.Contains("Action found", Assert.Throws<GraphException>(() => new RawSocketSource<Action>("localhost", 1)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Rows_arrive_in_order_over_several_connections_and_are_read_again_alike_until_released()
    {
        var reader = Open<(string, int)>();
        var rows = Enumerable.Range(0, 10_000).Select(i => ($"row {i}", i)).ToArray();

        await _server.ServeAsync(Blocks.Of(rows[..4000], 1000));
        await _server.ServeAsync(Blocks.Of(rows[4000..]));
        await ReceivedAtLeast(reader, rows.Length);

        Assert.Equal(rows, Read(reader, 0, rows.Length));
        reader.Release(1000);
        Assert.Equal(rows[1000..], Read(reader, 1000, rows.Length));
        Assert.Empty(_skipped);
        Assert.False(reader.IsFinished);
    }

    [Fact]
    public async Task After_a_negative_length_the_connection_is_made_again_and_the_reason_is_told()
    {
        var reader = Open<int>();
        using (var socket = await _server.AcceptAsync())
        {
            await TextServer.SendAsync(socket, (byte[])[.. Blocks.Of([1]), 0x80, 0, 0, 0]);
            Assert.Equal(0, await CloseOfAsync(socket));
        }

        await _server.ServeAsync(Blocks.Of([2]));
        await ReceivedAtLeast(reader, 2);

        Assert.Equal([1, 2], Read(reader, 0, 2));
        Assert.Equal(1, _skipped[BlockSplitter<int>.NegativeLength]);
        Assert.Contains(_log, line => line.Contains("-2147483648 bytes found", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Block_torn_by_the_servers_end_is_counted_and_the_next_connection_goes_on()
    {
        var reader = Open<int>();

        await _server.ServeAsync([.. Blocks.Of([1]), .. Blocks.Of([9])[..^1]]);
        await _server.ServeAsync(Blocks.Of([2]));
        await ReceivedAtLeast(reader, 2);

        Assert.Equal([1, 2], Read(reader, 0, 2));
        Assert.Equal(1, _skipped[BlockSplitter<int>.TornBlock]);
    }

    [Fact]
    public async Task Torn_block_fails_the_source_where_the_policy_says_so()
    {
        var reader = Open<int>(Fast with { BadBlocks = BlockPolicy.Fail });

        await _server.ServeAsync([0, 0, 0, 9, 1]);
        await ((SocketReceiver)((RawSocketReader<int>)reader).Log!.Input!).Completion.WaitAsync(Waiting.Timeout);

        var failure = Assert.Throws<SourceFailedException>(() => reader.Poll(new Epoch(1), 0));
        Assert.Contains($"raw socket 127.0.0.1:{_server.Port}: the connection ended after 1 of the 9 bytes", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Text_on_the_port_is_an_oversized_block()
    {
        var reader = Open<int>();

        await _server.ServeAsync("GET / HTTP/1.1\r\n\r\n");
        await _server.ServeAsync(Blocks.Of([2]));
        await ReceivedAtLeast(reader, 1);

        Assert.Equal([2], Read(reader, 0, 1));
        Assert.Equal(1, _skipped[BlockSplitter<int>.OversizedBlock]);
    }

    [Fact]
    public async Task Sender_is_held_up_while_nothing_is_released_and_goes_on_afterwards()
    {
        const int Blocks = 3000;
        var reader = Open<string>(Fast with { BufferedBytesMax = 1 << 20 });
        using var socket = await _server.AcceptAsync();
        socket.SendBufferSize = 64 << 10;
        var block = Sockets.Blocks.Of(Enumerable.Repeat(new string('x', 1000), 64), 1 << 20);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Blocks; Interlocked.Increment(ref sent))
                await TextServer.SendAsync(socket, block);
        });

        await Waiting.For(() => ((RawSocketReader<string>)reader).Log!.Weight >= 1 << 20, "a full buffer");
        using (var quiet = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            for (var last = -1; last != Volatile.Read(ref sent);)
            {
                last = Volatile.Read(ref sent);
                await quiet.WaitForNextTickAsync();
            }
        }

        Assert.InRange(Volatile.Read(ref sent), 1, Blocks / 2);
        Assert.InRange(((RawSocketReader<string>)reader).Log!.Weight, 1 << 20, 3 << 20);
        await Waiting.For(
            () =>
            {
                reader.Release(reader.Poll(new Epoch(1), 0));
                return sending.IsCompleted && reader.Poll(new Epoch(1), 0) == Blocks * 64;
            },
            "the rest");
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _server.Dispose();
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Enqueue(formatter(state, exception));

    private static Task ReceivedAtLeast<T>(ISplitReader<T> reader, long rows) => Waiting.For(() => reader.Poll(new Epoch(1), 0) >= rows, $"{rows} rows");

    private static List<T> Read<T>(ISplitReader<T> reader, long from, long to)
    {
        var rows = new List<T>();
        while (from < to)
        {
            var batch = reader.Read(from, to, out from)!;
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        return rows;
    }

    private static async Task<int> CloseOfAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Waiting.Timeout);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private ISplitReader<T> Open<T>(RawSocketSourceOptions? options = null)
    {
        var source = new RawSocketSource<T>("127.0.0.1", _server.Port, options ?? Fast, this);
        var reader = source.Open(new SplitContext(new PartitionId(0), 1, reason => _skipped.AddOrUpdate(reason, 1, (_, count) => count + 1)));
        _reader = reader;
        return reader;
    }
}
