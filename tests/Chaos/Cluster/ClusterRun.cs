using System.Globalization;

namespace Millrace.Chaos.Cluster;

/// <summary>Feeds logs, runs the victim on several nodes, makes one fault after the other, lets them finish, and judges what they have written.</summary>
/// <param name="options">What to run.</param>
/// <param name="progress">Where to say what happens, a line for each fault.</param>
public sealed class ClusterRun(ClusterOptions options, TextWriter progress)
{
    // Of half a kilobyte each: 10 MB of state for each node.
    private const int SlotsOfNode = 10_000;

    // The cluster runs well when its last commit is no older than so many intervals: what it lags by at a fault counts as recovery. A machine that
    // is busy with other things never gets there: after a while so many do.
    private const int FreshIntervals = 4;
    private const int LateIntervals = 15;
    private const long SettleMs = 15_000;
    // Of a slow node: what is looked at before, from so long behind its beginning, and behind its end.
    private static readonly TimeSpan SlowLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(5);

    // Until its tasks move.
    private static readonly TimeSpan SlowMost = TimeSpan.FromSeconds(20);

    private readonly List<(FaultKind Kind, TimeSpan Recovery)> _recoveries = [];
    private int _inFlight;

    /// <summary>Runs all of it.</summary>
    /// <exception cref="ChaosException">A process did not do what it must; the files of the run stay.</exception>
    public Task<ClusterReport> RunAsync() => Arena.RunAsync(options, progress, SlotsOfNode * options.Nodes, RunAsync, report => report.Verdict);

    private async Task<ClusterReport> RunAsync(Arena arena)
    {
        using var nodes = new NodeSet(options, arena.Files, arena.Arguments);
        for (var node = 0; node < options.Nodes; node++)
            nodes.Start(node);
        await UntilWellAsync(nodes).ConfigureAwait(false);
        var started = TimeProvider.System.GetTimestamp();
        foreach (var fault in PlannedFault.Draw(options))
        {
            if (TimeProvider.System.GetElapsedTime(started) > options.TimeLimit)
                break;
            await MakeAsync(fault, nodes, arena).ConfigureAwait(false);
            if (options.Journal == JournalKind.Sqlite || fault.Kind != FaultKind.Db)
                arena.FollowWatermarks();
        }

        await arena.FinishFeedAsync().ConfigureAwait(false);
        await nodes.EndAsync().ConfigureAwait(false);
        return new ClusterReport
        {
            Faults = [.. _recoveries.GroupBy(recovery => recovery.Kind, recovery => recovery.Recovery).OrderBy(kind => kind.Key).Select(kind => new FaultReport(kind.Key, [.. kind.Order()]))],
            InflightAtFault = _inFlight,
            Verdict = await arena.JudgeAsync().ConfigureAwait(false),
            Fed = arena.Fed,
            Options = options,
        };
    }

    private async Task MakeAsync(PlannedFault fault, NodeSet nodes, Arena arena)
    {
        await UntilWellAsync(nodes).ConfigureAwait(false);
        await Task.Delay(fault.Pause).ConfigureAwait(false);
        var target = fault.Kind == FaultKind.Coordinator ? nodes.Look(tracker => tracker.Coordinator) : (int)(fault.Node * options.Nodes);
        _inFlight += nodes.Look(tracker => tracker.HasEpochInFlight) ? 1 : 0;
        switch (fault.Kind)
        {
            case FaultKind.Kill or FaultKind.Coordinator:
                await RecoverAsync(fault, target, nodes, NowMs(), nodes.KillAsync(target)).ConfigureAwait(false);
                await Task.Delay(fault.Length).ConfigureAwait(false);
                nodes.Start(target);
                await nodes.UntilAsync(tracker => tracker.IsUp(target), $"node {target} to be up again").ConfigureAwait(false);
                break;
            case FaultKind.Stop:
                var stoppedMs = NowMs();
                nodes.Freeze(target);
                await RecoverAsync(fault, target, nodes, stoppedMs, Task.CompletedTask).ConfigureAwait(false);
                await Task.Delay(fault.Length).ConfigureAwait(false);
                nodes.Thaw(target);
                break;
            case FaultKind.Partition:
                var cutMs = NowMs();
                nodes.Cut(target, fault.Shape);
                await RecoverAsync(fault, target, nodes, cutMs, Task.CompletedTask).ConfigureAwait(false);
                await Task.Delay(fault.Length).ConfigureAwait(false);
                nodes.Heal();
                break;
            case FaultKind.Slow:
                await SlowDownAsync(fault, (nodes.Look(tracker => tracker.Coordinator) + 1 + (int)(fault.Node * (options.Nodes - 1))) % options.Nodes, nodes).ConfigureAwait(false);
                break;
            case FaultKind.Db:
                var server = arena.Server ?? throw new ChaosException("A server of the run's own expected for faults of the database; give --journal postgres, and no --postgres.");
                await Task.Run(server.Stop).ConfigureAwait(false);
                await Task.Delay(fault.Length).ConfigureAwait(false);
                await Task.Run(server.Start).ConfigureAwait(false);
                await RecoverAsync(fault, target, nodes, NowMs(), Task.CompletedTask).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Slows a node down until its tasks have moved and the others have gone on for a while; says how late batches were committed before, during and after that.</summary>
    private async Task SlowDownAsync(PlannedFault fault, int target, NodeSet nodes)
    {
        await RunOnAsync(nodes, SlowLook).ConfigureAwait(false);
        var (moves, offers) = nodes.Look(tracker => (tracker.MovesOffSlow, tracker.OffersToSlow));
        var slowMs = NowMs();
        long? movedMs = null;
        long endMs;
        using (new Slowness(nodes, target))
        {
            await RecoverAsync(fault, target, nodes, slowMs, Task.CompletedTask).ConfigureAwait(false);
            await nodes.UntilAsync(tracker => tracker.MovesOffSlow > moves || NowMs() - slowMs > SlowMost.TotalMilliseconds, $"tasks that move off node {target}").ConfigureAwait(false);
            movedMs = nodes.Look(tracker => tracker.MovesOffSlow > moves) ? NowMs() : null;
            await RunOnAsync(nodes, SlowStart + SlowLook).ConfigureAwait(false);
            endMs = NowMs();
        }

        var (start, look) = ((long)SlowStart.TotalMilliseconds, (long)SlowLook.TotalMilliseconds);
        var line = nodes.Look(tracker => $"   Node {target} was slow for {endMs - slowMs} ms, from a batch's time to its commit p50 / p99: before {Delays(tracker, slowMs - look, slowMs)}, "
            + $"at first {Delays(tracker, slowMs, slowMs + start)}, from 5 s on {Delays(tracker, slowMs + start, endMs)} ms.");
        await progress.WriteLineAsync(line).ConfigureAwait(false);
        if (movedMs is not { } moved)
            throw new ChaosException($"Tasks expected to move off node {target}, which is slow, within {SlowMost.TotalSeconds} s; none did.");
        await nodes.UntilAsync(tracker => tracker.OffersToSlow > offers, $"tasks that are offered to node {target} again").ConfigureAwait(false);
        var backMs = NowMs();
        await RunOnAsync(nodes, SlowStart + SlowLook).ConfigureAwait(false);
        line = nodes.Look(tracker => $"   Its tasks moved after {moved - slowMs} ms; from 5 s behind its return on {Delays(tracker, backMs + start, long.MaxValue)} ms.");
        await progress.WriteLineAsync(line).ConfigureAwait(false);
    }

    /// <summary>Until all batches of so long a time are committed: the latest would be missing else, and they are the slow ones.</summary>
    private static Task RunOnAsync(NodeSet nodes, TimeSpan length)
    {
        var endMs = NowMs() + (long)length.TotalMilliseconds;
        return nodes.UntilAsync(tracker => tracker.CommittedMs >= endMs, $"the batches of {length.TotalSeconds} s");
    }

    private static string Delays(ClusterTracker tracker, long fromMs, long untilMs)
    {
        TimeSpan[] delays = [.. tracker.Commits.Where(commit => commit.TimeMs >= fromMs && commit.TimeMs < untilMs).Select(commit => TimeSpan.FromMilliseconds(commit.DelayMs)).Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{Percentile.Ms(delays, 0.50)} / {Percentile.Ms(delays, 0.99)} ({delays.Length} batches)");
    }

    /// <summary>Waits for the first commit that holds a record read after the fault: its batch's time lies behind.</summary>
    private async Task RecoverAsync(PlannedFault fault, int target, NodeSet nodes, long faultMs, Task made)
    {
        await made.ConfigureAwait(false);
        await nodes.UntilAsync(tracker => tracker.CommittedMs > faultMs, $"a commit after {fault.Kind} of node {target}").ConfigureAwait(false);
        var recovery = TimeSpan.FromMilliseconds(NowMs() - faultMs);
        _recoveries.Add((fault.Kind, recovery));
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_recoveries.Count}. {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {fault.Kind}{(fault.Kind == FaultKind.Partition ? $" ({fault.Shape})" : "")} of node {target}: recovered in {recovery.TotalMilliseconds:F0} ms.")).ConfigureAwait(false);
    }

    private Task UntilWellAsync(NodeSet nodes)
    {
        var lateAtMs = NowMs() + SettleMs;
        return nodes.UntilAsync(
            tracker => NowMs() is var nowMs && nowMs - tracker.CommittedMs < (nowMs < lateAtMs ? FreshIntervals : LateIntervals) * options.IntervalMs,
            "commits that keep up with the input");
    }

    private static long NowMs() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
