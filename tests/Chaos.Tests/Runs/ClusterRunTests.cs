using System.Collections.Immutable;
using Millrace.Chaos.Cluster;
using Xunit.Abstractions;

namespace Millrace.Chaos.Tests.Runs;

/// <summary>Three real processes on loopback and a PostgreSQL of their own; long runs are for the console.</summary>
/// <remarks><c>MILLRACE_SEED</c> chooses the seed; a failure prints it.</remarks>
[Collection("processes")]
public sealed class ClusterRunTests(ITestOutputHelper output)
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_SEED"), out var seed) ? seed : 1;

    [PostgresFact]
    public async Task Nodes_that_are_killed_frozen_or_cut_off_and_a_database_that_fails_lose_and_double_nothing()
    {
        var options = new ClusterOptions
        {
            Seed = Seed,
            RecordsPerSecond = 5000,
            Faults = ImmutableSortedDictionary.CreateRange<FaultKind, int>([new(FaultKind.Kill, 10), new(FaultKind.Stop, 2), new(FaultKind.Coordinator, 2), new(FaultKind.Partition, 1), new(FaultKind.Db, 1)]),
        };
        using var progress = new StringWriter();

        var report = await new ClusterRun(options, progress).RunAsync();

        output.WriteLine(report.ToJson());
        Assert.True(report.Verdict.IsClean, $"Nothing lost or doubled expected, found {report.ToJson()}\n{progress}");
        Assert.Equal(16, report.Faults.Sum(fault => fault.Recoveries.Count));
    }
}
