using System.Collections.Concurrent;
using Millrace.Connectors.Receivers;
using Millrace.Connectors.Sockets;
using Millrace.Connectors.Tests.Receivers;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class SocketStreamSourceTests : IDisposable
{
    private readonly TextServer _server = new();
    private readonly ConcurrentQueue<string> _warnings = new();
    private ReceiverSource<int>? _source;
    private ISplitReader<int>? _reader;

    public void Dispose()
    {
        _reader?.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task The_function_makes_records_of_the_bytes_and_is_called_once_a_connection()
    {
        var calls = 0;
        Open(bytes =>
        {
            Interlocked.Increment(ref calls);
            return Numbers(bytes);
        });

        await _server.ServeAsync([1, 2, 3]);
        await _server.ServeAsync([4]);
        await ReceivedAtLeast(4);

        Assert.Equal([1, 2, 3, 4], Rows());
        Assert.True(calls >= 2);
        Assert.Contains(_warnings, warning => warning.StartsWith($"Source receiver socket localhost:{_server.Port}: the receiver is started again in 0.001 s: closed by the server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_is_there_while_the_connection_is_open()
    {
        Open(Numbers);
        using var connection = await _server.AcceptAsync();

        await TextServer.SendAsync(connection, new byte[] { 7 });
        await ReceivedAtLeast(1);

        Assert.Equal([7], Rows());
    }

    [Theory]
    [InlineData("throws", "reading failed: FormatException: no number")]
    [InlineData("returns null", "reading failed: InvalidOperationException: the converter returned null, a sequence expected")]
    public async Task A_function_that_fails_is_warned_of_and_called_again(string how, string expected)
    {
        Open(_ => how == "throws" ? throw new FormatException("no number") : null!);

        using var first = await _server.AcceptAsync();
        using var second = await _server.AcceptAsync();

        Assert.Contains(_warnings, warning => warning.EndsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(_warnings, warning => warning.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_comes_later_is_waited_for_with_a_warning()
    {
        var port = TextServer.FreePort();
        Open(Numbers, port);
        await Waiting.For(() => !_warnings.IsEmpty, "a warning");

        using var server = new TextServer(port);
        await server.ServeAsync([9]);
        await ReceivedAtLeast(1);

        Assert.Contains(_warnings, warning => warning.Contains("the server can't be reached: ", StringComparison.Ordinal));
        Assert.Equal([9], Rows());
    }

    [Fact]
    public async Task A_job_that_ends_ends_the_read_that_waits()
    {
        var ended = new TaskCompletionSource();
        Open(bytes => Ending(bytes, ended));
        using var connection = await _server.AcceptAsync();
        await TextServer.SendAsync(connection, new byte[] { 7 });
        await ReceivedAtLeast(1);

        _reader!.Dispose();

        await ended.Task.WaitAsync(Waiting.Timeout);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Wrong_arguments_are_refused_in_one_line()
    {
        Assert.Contains("host '' found", Assert.Throws<GraphException>(() => SocketStreamSource.Of("", 1, Numbers)).Message, StringComparison.Ordinal);
        Assert.Contains("port 0 found", Assert.Throws<GraphException>(() => SocketStreamSource.Of("localhost", 0, Numbers)).Message, StringComparison.Ordinal);
        Assert.Contains("MaxRate 0 found", Assert.Throws<GraphException>(() => SocketStreamSource.Of("localhost", 1, Numbers, new() { MaxRate = 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => SocketStreamSource.Of<int>("localhost", 1, null!));
    }

    private static IEnumerable<int> Numbers(Stream bytes)
    {
        for (var next = bytes.ReadByte(); next >= 0; next = bytes.ReadByte())
            yield return next;
    }

    private static IEnumerable<int> Ending(Stream bytes, TaskCompletionSource ended)
    {
        try
        {
            foreach (var number in Numbers(bytes))
                yield return number;
        }
        finally
        {
            ended.SetResult();
        }
    }

    private void Open(Func<Stream, IEnumerable<int>> converter, int? port = null)
    {
        _source = SocketStreamSource.Of("localhost", port ?? _server.Port, converter, ReceiverHarness.Fast);
        _reader = _source.Open(new(new PartitionId(0), 1, _ => { }, _warnings.Enqueue));
    }

    private long Received() => _reader!.Poll(new Epoch(1), 0);

    private Task ReceivedAtLeast(long records) => Waiting.For(() => Received() >= records, $"{records} records");

    private List<int> Rows()
    {
        var rows = new List<int>();
        for (long from = 0, to = Received(); from < to;)
            rows.AddRange(_reader!.Read(from, to, out from)!.Rows);
        return rows;
    }
}
