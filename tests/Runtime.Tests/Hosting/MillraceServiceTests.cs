using Millrace.Runtime.Hosting;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Hosting;

public sealed class MillraceServiceTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task An_actor_system_that_can_not_end_ends_the_process_once_every_service_has_stopped(bool hasEnded, int expected)
    {
        await using var host = await TestHost.StartAsync();
        var (drains, ends) = (0, 0);
        var service = new MillraceService(
            () => [],
            host,
            () =>
            {
                drains++;
                return Task.CompletedTask;
            },
            () => hasEnded,
            () => ends++);
        await service.StartAsync(CancellationToken.None);
        await service.StopAsync(CancellationToken.None);
        Assert.Equal((1, 0), (drains, ends));

        await service.StoppedAsync(CancellationToken.None);

        Assert.Equal(expected, ends);
    }
}
