using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Millrace.Data;
using Xunit.Abstractions;

namespace Millrace.Runtime.Tests.Faults;

/// <summary>The whole runtime in this process under random user errors. <c>MILLRACE_SEED=n</c> runs one seed alone.</summary>
public sealed class FaultSeedTests(ITestOutputHelper output)
{
    private const int Seeds = 1000;
    private const int FailuresShown = 10;

    [Fact]
    public async Task State_and_output_equal_the_sequential_oracle_whatever_throws()
    {
        await using var host = await MillraceHost.StartEmbeddedAsync(options => options.WithHocon(
            """
            millrace.task.threads = 2
            millrace.exchange.credits = 2
            """).StopsOnSignal = false);
        var single = Environment.GetEnvironmentVariable("MILLRACE_SEED");
        var seeds = single is null ? Enumerable.Range(0, Seeds) : [int.Parse(single, CultureInfo.InvariantCulture)];
        var failures = new ConcurrentQueue<string>();
        var (recoveries, thrown, skipped, recovered) = (0L, 0L, 0L, 0L);
        var clock = Stopwatch.StartNew();

        await Parallel.ForEachAsync(seeds, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (seed, _) =>
        {
            if (failures.Count >= FailuresShown)
                return;
            var job = new FaultJob(seed);
            try
            {
                var counters = await job.RunAsync(host);
                Interlocked.Add(ref recoveries, counters.Attempts);
                Interlocked.Add(ref recovered, Math.Min(1, counters.Attempts));
                Interlocked.Add(ref thrown, job.Thrown);
                Interlocked.Add(ref skipped, counters.RecordsSkipped);
            }
            catch (Exception failure) when (failure is MillraceException or TimeoutException or Xunit.Sdk.XunitException)
            {
                failures.Enqueue($"MILLRACE_SEED={seed} ({job}): {failure.Message}");
            }
        });

        output.WriteLine($"{clock.Elapsed.TotalSeconds:F1} s: {thrown} errors, {recoveries} recoveries in {recovered} jobs, {skipped} records skipped, {Process.GetCurrentProcess().Threads.Count} threads");
        Assert.True(failures.IsEmpty, $"{failures.Count} seeds failed:\n{string.Join('\n', failures)}");
        Assert.True(single is not null || recoveries > Seeds / 4, $"Only {recoveries} recoveries.");
        // Two threads a job, given back a second after it ended.
        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 1, Seeds);
    }
}
