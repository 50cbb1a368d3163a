using Millrace.Connectors.Sockets;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class SocketStreamsTests
{
    [Fact]
    public void Shares_use_one_system_and_end_once()
    {
        var first = SocketStreams.Acquire();
        using var second = SocketStreams.Acquire();

        first.Dispose();
        first.Dispose();

        Assert.Same(first.System, second.System);
        Assert.False(second.System.WhenTerminated.IsCompleted);
    }
}
