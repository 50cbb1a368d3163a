using Millrace.Connectors.Streams;

namespace Millrace.Connectors.Tests.Streams;

public sealed class SharedStreamsTests
{
    [Fact]
    public void Shares_use_one_system_and_end_once()
    {
        var first = SharedStreams.Acquire();
        using var second = SharedStreams.Acquire();

        first.Dispose();
        first.Dispose();

        Assert.Same(first.System, second.System);
        Assert.False(second.System.WhenTerminated.IsCompleted);
    }
}
