using Millrace.Chaos.Processes;

namespace Millrace.Chaos;

/// <summary>Feeds a log, runs the victim on it, kills it again and again, lets it finish, and judges what it has written.</summary>
/// <param name="options">What to run.</param>
/// <param name="progress">Where to say how far it is, a line now and then.</param>
public sealed class SingleRun(SingleOptions options, TextWriter progress)
{
    private const int ProgressLines = 10;

    // Why not all of it: half of the recoveries are shorter than the usual one, and a commit that comes first is no kill during recovery.
    private const double RecoveryPart = 0.8;

    private readonly EpochTracker _epochs = new();
    private readonly List<Recovery> _recoveries = [];
    private int _killed;
    private int _inFlight;
    private int _duringRecovery;

    /// <summary>Runs all of it.</summary>
    /// <exception cref="ChaosException">A process did not do what it must; the files of the run stay.</exception>
    public Task<SingleReport> RunAsync() => Arena.RunAsync(options, progress, slots: 0, RunAsync, report => report.Verdict);

    private async Task<SingleReport> RunAsync(Arena arena)
    {
        string[] arguments = ["run", .. arena.Arguments];
        await KillAllAsync(arguments, arena).ConfigureAwait(false);
        await arena.FinishFeedAsync().ConfigureAwait(false);
        await FinishAsync(arguments).ConfigureAwait(false);
        return new SingleReport
        {
            Kills = _killed,
            InflightAtKill = _inFlight,
            DuringRecovery = _duringRecovery,
            Recoveries = [.. _recoveries.Select(recovery => recovery.Whole).Order()],
            Verdict = await arena.JudgeAsync().ConfigureAwait(false),
            Fed = arena.Fed,
            Options = options,
        };
    }

    private async Task KillAllAsync(string[] arguments, Arena arena)
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

            arena.FollowWatermarks();
            if ((kill + 1) % Math.Max(1, kills.Length / ProgressLines) == 0)
                await progress.WriteLineAsync($"{kill + 1} kills, {_inFlight} with an epoch in flight, {_duringRecovery} during recovery.").ConfigureAwait(false);
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
}
