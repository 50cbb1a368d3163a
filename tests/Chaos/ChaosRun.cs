using System.Globalization;
using Millrace.Chaos.Oracle;
using Millrace.Chaos.Processes;
using Millrace.TestServers;

namespace Millrace.Chaos;

/// <summary>Feeds a log, runs the victim on it, kills it again and again, lets it finish, and judges what it has written.</summary>
/// <param name="options">What to run.</param>
/// <param name="progress">Where to say how far it is, a line now and then.</param>
public sealed class ChaosRun(ChaosOptions options, TextWriter progress)
{
    private const int IntervalMs = 100;
    private const int WindowBatches = 10;
    private const int SlideBatches = 2;
    private const int ProgressLines = 10;

    // Why not all of it: half of the recoveries are shorter than the usual one, and a commit that comes first is no kill during recovery.
    private const double RecoveryPart = 0.8;

    private readonly EpochTracker _epochs = new();
    private readonly ProgressCheck _watermarks = new();
    private readonly List<Recovery> _recoveries = [];
    private int _killed;
    private int _inFlight;
    private int _duringRecovery;

    /// <summary>Runs all of it.</summary>
    /// <exception cref="ChaosException">A process did not do what it must; the files of the run stay.</exception>
    public async Task<ChaosReport> RunAsync()
    {
        var directory = Directory.CreateDirectory(options.Directory ?? Path.Combine(Path.GetTempPath(), $"millrace-chaos-{Guid.NewGuid():N}")).FullName;
        var files = new ChaosFiles(directory);
        using var server = options.Journal == JournalKind.Postgres && options.Postgres is null ? StartPostgres() : null;
        await progress.WriteLineAsync(
            $"Seed {options.Seed}: {options.Kills} kills{(options.TimeLimit is { } limit ? $", at most {limit.TotalMinutes} minutes" : "")}, a few seconds each, on {(options.Journal == JournalKind.Postgres ? "PostgreSQL" : "SQLite")}; files in {directory}.").ConfigureAwait(false);
        try
        {
            var report = await RunAsync(files, options.Postgres ?? server?.ConnectionString).ConfigureAwait(false);
            if (report.Verdict.IsClean && options.Directory is null)
                Directory.Delete(directory, recursive: true);
            else
                await progress.WriteLineAsync($"The files of the run are in {directory}.").ConfigureAwait(false);
            return report;
        }
        catch (Exception error) when (error is ChaosException or OracleException)
        {
            throw new ChaosException($"{error.Message} Seed {options.Seed}; the files of the run are in {directory}.", error);
        }
    }

    private async Task<ChaosReport> RunAsync(ChaosFiles files, string? postgres)
    {
        var zeroMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / IntervalMs * IntervalMs;
        var times = new BatchTimes(zeroMs, IntervalMs, WindowBatches, SlideBatches);
        var sinks = postgres is null ? SinkReader.Sqlite(files.Database) : SinkReader.Postgres(postgres);
        string[] arguments =
        [
            "run", files.Root, Text(zeroMs), Text(IntervalMs), Text(WindowBatches), Text(SlideBatches), .. postgres is null ? (string[])[] : [postgres],
        ];

        using var feeder = new Feeder(files, options.Seed, options.RecordsPerSecond);
        await feeder.Ready.ConfigureAwait(false);
        await KillAllAsync(arguments, sinks).ConfigureAwait(false);
        await feeder.FinishAsync().ConfigureAwait(false);
        await FinishAsync(arguments).ConfigureAwait(false);
        _watermarks.Follow(sinks.ReadWatermarks());
        await progress.WriteLineAsync("All input is worked off; the oracle reads it.").ConfigureAwait(false);
        var verdict = new Judge(times, files.Orders, files.Payments, files.Lines, sinks).Run();
        verdict = verdict with { Violations = [.. verdict.Violations, .. _watermarks.Violations] };
        foreach (var line in verdict.Difference.Examples.Concat(verdict.Violations))
            await progress.WriteLineAsync(line).ConfigureAwait(false);
        return new ChaosReport
        {
            Kills = _killed,
            InflightAtKill = _inFlight,
            DuringRecovery = _duringRecovery,
            Recoveries = [.. _recoveries.Select(recovery => recovery.Whole).Order()],
            Fed = feeder.Fed,
            Verdict = verdict,
            Options = options,
        };
    }

    private async Task KillAllAsync(string[] arguments, SinkReader sinks)
    {
        var kills = new KillPlan(options.Kills, options.Seed).Kills;
        var started = TimeProvider.System.GetTimestamp();
        for (var kill = 0; kill < kills.Length && !(TimeProvider.System.GetElapsedTime(started) > options.TimeLimit); kill++)
        {
            using (var victim = new Victim(_epochs, options.Victim, arguments))
            {
                await ReachAsync(victim, kills[kill]).ConfigureAwait(false);
                await victim.KillAsync().ConfigureAwait(false);
                Count(victim, isFirst: kill == 0);
            }

            _watermarks.Follow(sinks.ReadWatermarks());
            if ((kill + 1) % Math.Max(1, kills.Length / ProgressLines) == 0)
                await progress.WriteLineAsync($"{kill + 1} of {kills.Length} kills, {_inFlight} with an epoch in flight, {_duringRecovery} during recovery.").ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the moment of the kill.</summary>
    private async Task ReachAsync(Victim victim, PlannedKill kill)
    {
        if (kill.Moment == KillMoment.Recovery)
        {
            await victim.UntilAsync(epochs => epochs.HasStarted, "its start").ConfigureAwait(false);
            await Task.Delay(UsualRecovery() * RecoveryPart * kill.Fraction).ConfigureAwait(false);
            return;
        }

        await victim.UntilAsync(epochs => epochs.HasRecovered, "a commit").ConfigureAwait(false);
        await Task.Delay(kill.Life).ConfigureAwait(false);
        if (kill.Moment == KillMoment.Any)
            return;
        await victim.NextPlanAsync().ConfigureAwait(false);
        await Task.Delay(victim.EpochTime * kill.Fraction).ConfigureAwait(false);
        await victim.UntilAsync(epochs => epochs.HasEpochInFlight, "an epoch").ConfigureAwait(false);
    }

    // After the kill, when all that the victim had written is read.
    private void Count(Victim victim, bool isFirst)
    {
        _killed++;
        _inFlight += _epochs.HasEpochInFlight ? 1 : 0;
        if (isFirst)
            return;
        _duringRecovery += _epochs is { HasStarted: true, HasRecovered: false } ? 1 : 0;
        if (victim.Recovery is { } recovery)
            _recoveries.Add(recovery);
    }

    private async Task FinishAsync(string[] arguments)
    {
        using var last = new Victim(_epochs, options.Victim, arguments);
        await last.EndAsync().ConfigureAwait(false);
        if (last.Recovery is { } recovery)
            _recoveries.Add(recovery);
    }

    /// <summary>The median of the times from when the program runs to its first commit.</summary>
    private TimeSpan UsualRecovery() => _recoveries.Count == 0
        ? TimeSpan.FromMilliseconds(300)
        : _recoveries.Select(recovery => recovery.OfProgram).Order().ElementAt(_recoveries.Count / 2);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static PostgresServer StartPostgres() =>
        PostgresServer.IsInstalled ? new() : throw new ChaosException($"{PostgresServer.Missing[..^1]}, or give --postgres.");
}
