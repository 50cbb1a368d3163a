using Millrace.Connectors.Lines;
using Millrace.Connectors.Sockets;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class SocketTextSourceTests
{
    public static TheoryData<string, int, SocketSourceOptions> Wrong => new()
    {
        { "", 9999, new() },
        { " ", 9999, new() },
        { "localhost", 0, new() },
        { "localhost", 65536, new() },
        { "localhost", 9999, new() { LineLengthMaxBytes = 0 } },
        { "localhost", 9999, new() { OversizedLines = (LinePolicy)7 } },
        { "localhost", 9999, new() { BufferedBytesMax = 0 } },
        { "localhost", 9999, new() { ReconnectDelayMin = TimeSpan.Zero } },
        { "localhost", 9999, new() { ReconnectDelayMax = TimeSpan.FromMilliseconds(99) } },
        { "localhost", 9999, new() { ConnectTimeout = TimeSpan.FromDays(60) } },
        { "localhost", 9999, new() { IdleTimeout = TimeSpan.Zero } },
        { "localhost", 9999, new() { FailAfter = TimeSpan.FromSeconds(-1) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_arguments_are_refused_in_one_line(string host, int port, SocketSourceOptions options)
    {
        var error = Assert.Throws<GraphException>(() => new SocketTextSource(host, port, options));

        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Source_is_one_split_and_not_replayable()
    {
        var source = new SocketTextSource("localhost", 9999);

        Assert.Equal("socket localhost:9999", source.Description);
        Assert.Equal(1, source.Splits);
        Assert.False(source.IsReplayable);
    }
}
