using Xunit.Abstractions;

namespace Millrace.Chaos.Tests.Runs;

/// <summary>Real processes, killed by SIGKILL; long runs are for the console.</summary>
/// <remarks><c>MILLRACE_SEED</c> chooses the seed; a failure prints it.</remarks>
[Collection("processes")]
public sealed class ChaosRunTests(ITestOutputHelper output)
{
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_SEED"), out var seed) ? seed : 1;

    [Fact]
    public Task Twenty_kills_on_SQLite_lose_and_double_nothing() => RunAsync(new SingleOptions { Kills = 20, Seed = Seed });

    [PostgresFact]
    public Task Five_kills_on_PostgreSQL_lose_and_double_nothing() => RunAsync(new SingleOptions { Kills = 5, Seed = Seed, Journal = JournalKind.Postgres });

    private async Task RunAsync(SingleOptions options)
    {
        using var progress = new StringWriter();
        var report = await new SingleRun(options, progress).RunAsync();

        output.WriteLine(report.ToJson());
        Assert.True(report.Verdict.IsClean, $"Nothing lost or doubled expected, found {report.ToJson()}\n{progress}");
        Assert.True(report.Recoveries.Count > 0, $"Recoveries expected, none found: {report.ToJson()}");
        Assert.True(report.DuringRecovery > 0, $"A kill during recovery expected, none found: {report.ToJson()}");
        // Of a handful of kills chance decides how many hit an epoch: the share of 9 in 10 is for long runs.
        Assert.True(report.InflightAtKill * 10 >= report.Kills * (report.Kills < 20 ? 5 : 9), $"An epoch in flight at 9 of 10 kills expected: {report.ToJson()}");
    }
}
