using System.Globalization;
using Millrace.Chaos.Oracle;
using Millrace.Chaos.Processes;
using Millrace.TestServers;

namespace Millrace.Chaos;

/// <summary>What every run has: a directory, a database, records that are fed, and a judge.</summary>
internal sealed class Arena : IDisposable
{
    private const int WindowBatches = 10;
    private const int SlideBatches = 2;

    private readonly ChaosOptions _options;
    private readonly TextWriter _progress;
    private readonly int _slots;
    private readonly BatchTimes _times;
    private readonly Feeder _feeder;
    private readonly ProgressCheck _watermarks = new();

    private Arena(ChaosOptions options, ChaosFiles files, PostgresServer? server, TextWriter progress, int slots)
    {
        (_options, Files, Server, _progress, _slots) = (options, files, server, progress, slots);
        var intervalMs = options.IntervalMs;
        var zeroMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / intervalMs * intervalMs;
        var postgres = options.Postgres ?? server?.ConnectionString;
        _times = new BatchTimes(zeroMs, intervalMs, WindowBatches, SlideBatches);
        Sinks = postgres is null ? SinkReader.Sqlite(files.Database) : SinkReader.Postgres(postgres);
        Arguments = [files.Root, Text(zeroMs), Text(intervalMs), Text(WindowBatches), Text(SlideBatches), Text(slots), .. postgres is null ? (string[])[] : [postgres]];
        _feeder = new Feeder(files, options.Seed, options.RecordsPerSecond);
    }

    public ChaosFiles Files { get; }

    /// <summary>The run's own server; null where there is none.</summary>
    public PostgresServer? Server { get; }

    public SinkReader Sinks { get; }

    /// <summary>Of the victim's program.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>How long records were fed; known at the end.</summary>
    public TimeSpan Fed => _feeder.Fed;

    /// <summary>Has a run in a directory of its own, which stays if it finds anything.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Where to say how far it is.</param>
    /// <param name="slots">Keys of each source's ballast.</param>
    /// <param name="run">The run.</param>
    /// <param name="verdictOf">What it has found.</param>
    /// <exception cref="ChaosException">A process did not do what it must; the files of the run stay.</exception>
    public static async Task<T> RunAsync<T>(ChaosOptions options, TextWriter progress, int slots, Func<Arena, Task<T>> run, Func<T, Verdict> verdictOf)
    {
        var directory = Directory.CreateDirectory(options.Directory ?? Path.Combine(Path.GetTempPath(), $"millrace-chaos-{Guid.NewGuid():N}")).FullName;
        await progress.WriteLineAsync($"Seed {options.Seed}, on {(options.Journal == JournalKind.Postgres ? "PostgreSQL" : "SQLite")}: {options}; files in {directory}.").ConfigureAwait(false);
        using var server = options.Journal == JournalKind.Postgres && options.Postgres is null ? StartPostgres() : null;
        try
        {
            T report;
            using (var arena = new Arena(options, new ChaosFiles(directory), server, progress, slots))
            {
                await arena._feeder.Ready.ConfigureAwait(false);
                report = await run(arena).ConfigureAwait(false);
            }

            if (verdictOf(report).IsClean && options.Directory is null)
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

    /// <summary>Looks whether a sink's watermark has gone back.</summary>
    public void FollowWatermarks() => _watermarks.Follow(Sinks.ReadWatermarks());

    /// <summary>Says that no more records follow.</summary>
    public Task FinishFeedAsync() => _feeder.FinishAsync();

    /// <summary>Judges what the victims have written; all input must be worked off.</summary>
    public async Task<Verdict> JudgeAsync()
    {
        FollowWatermarks();
        await _progress.WriteLineAsync("All input is worked off; the oracle reads it.").ConfigureAwait(false);
        var verdict = new Judge(_times, Files.Orders, Files.Payments, Files.Lines, Sinks, _slots).Run();
        verdict = verdict with { Violations = [.. verdict.Violations, .. _watermarks.Violations] };
        foreach (var line in verdict.Difference.Examples.Concat(verdict.Violations))
            await _progress.WriteLineAsync(line).ConfigureAwait(false);
        return verdict;
    }

    public void Dispose() => _feeder.Dispose();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static PostgresServer StartPostgres() =>
        PostgresServer.IsInstalled ? new() : throw new ChaosException($"{PostgresServer.Missing[..^1]}, or give --postgres.");
}
