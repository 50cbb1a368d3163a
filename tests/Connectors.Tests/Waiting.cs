using System.Diagnostics;

namespace Millrace.Connectors.Tests;

/// <summary>Waits on conditions.</summary>
internal static class Waiting
{
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(20);

    public static async Task For(Func<bool> condition, string what, TimeSpan? timeout = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (timeout ?? Timeout), $"waited in vain: {what}");
            await Task.Yield();
        }
    }
}
