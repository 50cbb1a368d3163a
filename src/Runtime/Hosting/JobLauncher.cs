using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Hosting;

/// <summary>Runs on this node what the <see cref="JobBook"/> says, by the programs of the catalog, and ends what it says no more. One per node that has a catalog.</summary>
/// <remarks>
/// A job: starting → running → over. What could not start, or failed on this node alone, is tried again after 5 s, then after twice as long each time, up to 5 min:
/// a disk or a database may have been away. A job that has ended as a whole is reported, so that no node starts it again.
/// </remarks>
internal sealed class JobLauncher : UntypedActor, IWithTimers
{
    private static readonly TimeSpan AgainMin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AgainMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyDictionary<string, JobProgram> _programs;
    private readonly Func<string, CancellationToken, SubmittedRunner> _runnerOf;
    private readonly IActorRef _node;
    private readonly ILogger _logger;
    private readonly Dictionary<SubmissionUid, Run> _runs = [];
    private long _book = -1;
    private bool _isShut;

    /// <param name="programs">The catalog.</param>
    /// <param name="runnerOf">The host as one job sees it.</param>
    /// <param name="node">Told what becomes of the jobs.</param>
    /// <param name="logger">Told that too.</param>
    public JobLauncher(IReadOnlyDictionary<string, JobProgram> programs, Func<string, CancellationToken, SubmittedRunner> runnerOf, IActorRef node, ILogger logger) =>
        (_programs, _runnerOf, _node, _logger) = (programs, runnerOf, node, logger);

    /// <summary>The host stops: nothing is started any more.</summary>
    internal sealed record Shut;

    private sealed record Started(Run Run);

    private sealed record Ended(Run Run, bool IsOver, string? Reason);

    private sealed record Again(Run Run);

    /// <summary>What this node has to do with one submission.</summary>
    private sealed class Run(SubmittedJob job)
    {
        public SubmittedJob Job { get; } = job;

        /// <summary>Null where nothing of it runs.</summary>
        public SubmittedRunner? Runner { get; set; }

        public CancellationTokenSource? Starting { get; set; }

        public string? Refusal { get; set; }

        public TimeSpan Pause { get; set; } = AgainMin;

        public bool IsOver { get; set; }

        /// <summary>How it is to end; null: it is not.</summary>
        public bool? EndsGracefully { get; set; }
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IReadOnlyDictionary<string, JobProgram> programs, Func<string, CancellationToken, SubmittedRunner> runnerOf, IActorRef node, ILogger logger) =>
        Akka.Actor.Props.Create(() => new JobLauncher(programs, runnerOf, node, logger));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JobBook book:
                OnBook(book);
                break;
            case Started started:
                OnStarted(started.Run);
                break;
            case Ended ended:
                OnEnded(ended);
                break;
            case Again again:
                Start(again.Run);
                break;
            case Shut:
                _isShut = true;
                Timers.CancelAll();
                foreach (var run in _runs.Values.Where(run => run.Runner is { Started.IsCompleted: false }))
                    run.Starting!.Cancel();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnBook(JobBook book)
    {
        _book = book.Number;
        foreach (var run in _runs.Values.Where(run => book.Find(run.Job.Uid) is not { IsCurrent: true }).ToArray())
            End(run, book.Find(run.Job.Uid)?.End?.IsGraceful ?? true);
        foreach (var job in book.Jobs.Where(job => job.IsCurrent && !_runs.ContainsKey(job.Uid)))
        {
            var run = new Run(job);
            _runs.Add(job.Uid, run);
            Start(run);
        }

        Tell();
    }

    private void Start(Run run)
    {
        if (_isShut || run.Runner is not null)
            return;
        if (!_programs.TryGetValue(run.Job.Program, out var program))
        {
            var known = string.Join(", ", _programs.Keys.Order(StringComparer.Ordinal));
            run.Refusal = $"a catalog that has it expected, none found (known: {known}); start the same program as on the other nodes";
            HostingLog.DidNotStart(_logger, run.Job.Job, run.Job.Program, run.Refusal);
            return;
        }

        var self = Self;
        run.Starting = new();
        run.Runner = _runnerOf(run.Job.Job, run.Starting.Token);
        HostingLog.Starts(_logger, run.Job.Job, run.Job.Program);
        _ = RunAsync(run, program, run.Runner, self, run.Starting.Token);
    }

    /// <summary>Ends when nothing of the job runs here any more.</summary>
    private async Task RunAsync(Run run, JobProgram program, SubmittedRunner runner, IActorRef self, CancellationToken cancellation)
    {
        var body = Task.Run(() => program(runner, new(run.Job.Program, run.Job.Job, run.Job.Arguments), cancellation), CancellationToken.None);
        await Task.WhenAny(body, runner.Started).ConfigureAwait(false);
        if (!runner.Started.IsCompleted)
        {
            var reason = await ReasonAsync(body).ConfigureAwait(false) ?? "nothing: it ended, and a job that it starts on the runner it is given was expected";
            if (runner.Handle is { Completion.IsCompleted: false } forgotten)
                await forgotten.LeaveAsync(LeaveMax).ConfigureAwait(false);
            self.Tell(new Ended(run, runner.Handle?.IsOver ?? false, reason), ActorRefs.NoSender);
            return;
        }

        self.Tell(new Started(run), ActorRefs.NoSender);
        var failure = await ReasonAsync(runner.Handle!.Completion).ConfigureAwait(false);
        self.Tell(new Ended(run, runner.Handle.IsOver, failure), ActorRefs.NoSender);

        // What the program does behind its job's end is its own business, but for an error of its own.
        if (await ReasonAsync(body).ConfigureAwait(false) is { } error && error != failure)
            HostingLog.EndedBadly(_logger, run.Job.Job, run.Job.Program, error);
    }

    private static async Task<string?> ReasonAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (MillraceException cause)
        {
            return UserText.OfValue(cause.Message);
        }
        catch (Exception cause)
        {
            return UserText.Of(cause);
        }
    }

    private void OnStarted(Run run)
    {
        (run.Refusal, run.Pause) = (null, AgainMin);
        if (run.EndsGracefully is { } graceful)
            End(run, graceful);
        Tell();
    }

    private void OnEnded(Ended ended)
    {
        var run = ended.Run;
        run.Starting?.Dispose();
        (run.Runner, run.Starting, run.IsOver) = (null, null, ended.IsOver);
        if (run.EndsGracefully is not null)
        {
            _runs.Remove(run.Job.Uid);
        }
        else if (ended.IsOver)
        {
            _node.Tell(new NodeActor.Over(run.Job, ended.Reason), Self);
        }
        else if (!_isShut)
        {
            run.Refusal = ended.Reason;
            if (ended.Reason is not null)
                HostingLog.TriesAgain(_logger, run.Job.Job, run.Job.Program, ended.Reason, run.Pause.TotalSeconds);
            Timers.StartSingleTimer(run.Job.Uid, new Again(run), run.Pause);
            run.Pause = run.Pause * 2 < AgainMax ? run.Pause * 2 : AgainMax;
        }

        Tell();
    }

    private void End(Run run, bool graceful)
    {
        if (run.Runner is not { } runner)
        {
            Timers.Cancel(run.Job.Uid);
            _runs.Remove(run.Job.Uid);
            return;
        }

        // Why not cancelled once it has started: the program may wait for its job under that token, and would leave it.
        var isNew = run.EndsGracefully != graceful;
        run.EndsGracefully = graceful;
        if (!runner.Started.IsCompleted)
            run.Starting!.Cancel();
        else if (isNew || runner.Handle!.State != JobState.Stopping)
            _ = runner.Handle!.StopAsync(graceful);
    }

    private void Tell() => _node.Tell(
        new NodeActor.Tries(_book, [.. _runs.Values.Where(run => !run.IsOver).Select(run => new NodeMessage.Trial(run.Job.Uid, run.Runner is null ? run.Refusal : null))]), Self);
}
