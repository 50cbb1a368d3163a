using Millrace.Connectors.Sockets;
using Millrace.Connectors.Tests.Logs;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class WriteAheadSocketTests : IDisposable
{
    private readonly WriteAheadHarness _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Lines_that_were_offered_are_read_again_after_a_kill_and_those_that_follow_come_behind()
    {
        SplitProgress progress;
        using (var server = new TextServer())
        using (var first = Source(server).Open(_log.Context()))
        {
            await server.ServeAsync("a\nb\nc\n");
            await Offered(first, 3);
            Assert.Equal(["a", "b", "c"], LogHarness.Take(first, 0, 3));
            progress = new(1, first.PositionAt(1), [new(1, 2, null)]);
            _log.Kill();
        }

        using var other = new TextServer();
        using var second = Source(other).Open(_log.Context(committed: 1));
        second.Resume(progress);
        await other.ServeAsync("d\n");
        await Offered(second, 4);

        Assert.Equal(["b", "c", "d"], LogHarness.Take(second, 1, 4));
    }

    private static SocketTextSource Source(TextServer server)
    {
        var source = new SocketTextSource("127.0.0.1", server.Port, ReaderHarness.Fast with { WriteAheadLog = true });
        Assert.True(source.IsReplayable);
        Assert.True(source.NeedsStorage);
        return source;
    }

    private static Task Offered(ISplitReader<string> reader, long lines) => Waiting.For(() => LogHarness.Poll(reader) >= lines, $"{lines} lines");
}
