using Millrace.Connectors.Sockets;

namespace Millrace.Connectors.Tests.Sockets;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Waits_double_up_to_the_longest_and_begin_again()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), new Random(1));

        foreach (var expected in new[] { 100, 200, 400, 500, 500 })
            Assert.InRange(backoff.Next().TotalMilliseconds, expected * 0.8, expected);
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 80, 100);
    }
}
