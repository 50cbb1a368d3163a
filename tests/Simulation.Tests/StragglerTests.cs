using Millrace.Client;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Simulation.Tests;

/// <summary>When a process counts as slow, and what becomes of its tasks.</summary>
public sealed class StragglerTests
{
    private const int Workers = 6;
    private const int Enough = 10;

    private static readonly ProcessUid A = new(10);
    private static readonly ProcessUid B = new(11);
    private static readonly ProcessUid C = new(12);

    private CoordinatorScript _script = null!;
    private ProcessUid[] _processes = [];
    private long _nowMs;
    private readonly Dictionary<ProcessUid, long> _late = [];

    /// <summary>By how much a process is late in a tenth of a second.</summary>
    private Func<ProcessUid, long> _lateMs = _ => 0;

    /// <summary>A source, and six tasks that share its records and write them.</summary>
    private static JobShape Shape(Func<int, TaskShape>? worker = null) => new(
    [
        new TaskShape(true, false, [], [.. Enumerable.Range(1, Workers)]),
        .. Enumerable.Range(1, Workers).Select(task => worker?.Invoke(task) ?? Worker),
    ]);

    private static CoordinatorOptions Options { get; } = new() { LeaseMs = 500, EpochIntervalMs = 100, EmptyEpochs = EmptyEpochs.Show, SpreadAfterMs = 0, StragglerGraceMs = 0 };

    private static TaskShape Worker { get; } = new(false, true, [0], [], Stage: 1);

    private AttemptPlan Attempt => _script.Coordinator.History.Attempt!;

    [Fact]
    public void A_process_that_was_slow_in_ten_epochs_loses_its_tasks_and_lives()
    {
        Start([A, B, C]);
        Run(Enough - 1, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(1, Attempt.Number);

        Run(1, owner => owner == C ? new(20_000, 100) : new(1000, 100));

        Assert.Equal(2, Attempt.Number);
        Assert.Empty(Attempt.Dead);
        Assert.DoesNotContain(C, Attempt.Owner);
        Assert.Equal(3, Attempt.Owner.Count(owner => owner == B));
        var slow = Assert.Single(_script.Told<CoordinatorMessages.StragglerSetAside>());
        Assert.Equal(new(C, C.ToString(), 10, 400, 20, 2, 0, 60_000), slow);
        Run(100, _ => new(1000, 100));
        Assert.Equal(2, Attempt.Number);
    }

    [Theory]
    [InlineData(1000, 100, 50, 100)] // 20 times as long, and a millisecond all the same
    [InlineData(20_000, 2000, 1000, 100)] // a hot key: as many times the rows
    [InlineData(10_000, 1, 10_000, 100)] // fewer rows, where each epoch costs something whatever its rows
    [InlineData(19_000, 100, 10_000, 100)] // less than twice as long
    [InlineData(20_000, 100, 0, 0)] // it alone had records
    [InlineData(100, 100, 20_000, 100)] // all others are slower
    public void Whoever_is_not_slow_by_task_and_by_row_and_by_a_good_deal_keeps_its_tasks(long microseconds, long rows, long othersMicroseconds, long othersRows)
    {
        Start([A, B, C]);

        Run(100, owner => owner == C ? new(microseconds, rows) : new(othersMicroseconds, othersRows));

        Assert.Equal(1, Attempt.Number);
    }

    [Theory]
    [InlineData(16, 2, true)]
    [InlineData(5, 2, false)] // of no importance
    [InlineData(16, 9, false)] // less than twice as late
    public void A_process_that_wakes_late_is_slow_also_where_its_tasks_have_nothing_to_do(long lateMs, long othersLateMs, bool isSlow)
    {
        _lateMs = process => process == C ? lateMs : othersLateMs;
        Start([A, B, C]);

        Run(Enough + 5, _ => new(10, 1));

        Assert.Equal(isSlow, LoadOf(C) == 0);
    }

    [Fact]
    public void An_epoch_that_was_slow_counts_little_where_others_are_not()
    {
        Start([A, B, C]);

        for (var i = 0; i < 50; i++)
        {
            Run(2, owner => owner == C ? new(500_000, 100) : new(1000, 100));
            Run(1, _ => new(1000, 100));
        }

        Assert.Equal(1, Attempt.Number);
    }

    [Fact]
    public void A_process_that_has_got_tasks_just_now_is_not_judged()
    {
        Start([A, B, C], Options with { StragglerGraceMs = 5000 });

        Run(45, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(1, Attempt.Number);

        Run(20, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(2, Attempt.Number);
    }

    [Fact]
    public void A_straggler_is_offered_tasks_again_and_rests_twice_as_long_when_it_is_still_slow()
    {
        Start([A, B, C], Options with { StragglerRestMs = 2000, SpreadAfterMs = 100 });
        Run(Enough, owner => owner == C ? new(20_000, 100) : new(1000, 100));

        Run(18, _ => new(1000, 100));
        Assert.Equal(0, LoadOf(C));
        Run(5, _ => new(1000, 100));
        Assert.Equal(C, Assert.Single(_script.Told<CoordinatorMessages.StragglerTakenBack>()).Process);
        Assert.Equal(2, LoadOf(C));

        Run(Enough, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(0, LoadOf(C));
        Assert.Equal([2000, 4000], _script.Told<CoordinatorMessages.StragglerSetAside>().Select(slow => slow.RestMs));
        Assert.Empty(Attempt.Dead);
    }

    [Fact]
    public void Of_two_processes_one_may_lose_its_tasks_and_of_three_no_second_one()
    {
        Start([A, B]);
        Run(Enough, owner => owner == A ? new(20_000, 100) : new(1000, 100));
        Assert.All(Attempt.Owner, owner => Assert.Equal(B, owner));

        Start([A, B, C]);
        Run(Enough, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        var attempt = Attempt;
        Run(Enough, owner => owner == B ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(attempt, Attempt);
    }

    [Fact]
    public void A_process_that_is_alone_is_not_slow()
    {
        Start([A]);

        Run(2 * Enough, _ => new(500_000, 1));

        Assert.Equal(1, Attempt.Number);
    }

    [Fact]
    public void A_straggler_that_is_silent_for_a_while_rests_all_the_same()
    {
        Start([A, B, C], Options with { SpreadAfterMs = 100 });
        Run(Enough, owner => owner == C ? new(20_000, 100) : new(1000, 100));

        _processes = [A, B];
        Run(20, _ => new(1000, 100));
        _processes = [A, B, C];
        Run(20, _ => new(1000, 100));

        Assert.Equal(0, LoadOf(C));
        Assert.Empty(_script.Told<CoordinatorMessages.StragglerTakenBack>());
    }

    [Fact]
    public void When_no_other_is_left_a_straggler_gets_all_tasks()
    {
        Start([A, B]);
        Run(Enough, owner => owner == B ? new(20_000, 100) : new(1000, 100));
        Assert.All(Attempt.Owner, owner => Assert.Equal(A, owner));

        _script.Tell(new CoordinatorMessages.ProcessLost(A));

        Assert.All(Attempt.Owner, owner => Assert.Equal(B, owner));
        Assert.Single(_script.Told<CoordinatorMessages.StragglerTakenBack>());
    }

    [Fact]
    public void What_can_not_move_stays()
    {
        Start([A, B, C], shape: Shape(task => Worker with { IsTogether = task <= 2 }));
        var host = Attempt.Owner[1];
        Run(Enough, owner => owner == host ? new(20_000, 100) : new(1000, 100));

        var slow = Assert.Single(_script.Told<CoordinatorMessages.StragglerSetAside>());
        Assert.Equal((host, 2), (slow.Process, slow.Staying));
        Assert.Equal([host, host], Attempt.Owner.Skip(1).Take(2));
        Assert.Equal(2, LoadOf(host));
    }

    [Fact]
    public void Nobody_is_looked_for_where_that_is_off_and_nobody_loses_tasks_while_the_job_stops()
    {
        Start([A, B, C], Options with { StragglerEpochs = 0 });
        Run(2 * Enough, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(1, Attempt.Number);

        Start([A, B, C]);
        Run(Enough - 1, owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Plan();
        _script.Tell(new CoordinatorMessages.Stop(IsGraceful: true));
        Acknowledge(owner => owner == C ? new(20_000, 100) : new(1000, 100));
        Assert.Equal(Enough, _script.Coordinator.History.LastCommitted);
        Assert.Equal(1, Attempt.Number);
    }

    private int LoadOf(ProcessUid process) => Attempt.Owner.Count(owner => owner == process);

    private void Start(ProcessUid[] processes, CoordinatorOptions? options = null, JobShape? shape = null)
    {
        _processes = processes;
        _nowMs = 0;
        _script = new CoordinatorScript(new SimJournal(), shape ?? Shape(), (options ?? Options) with { ExpectedProcesses = processes.Length }).TakeOver();
        Beat();
        Beat();
    }

    /// <summary>So many epochs.</summary>
    /// <param name="epochs">How many.</param>
    /// <param name="work">What a task takes, by its owner.</param>
    private void Run(int epochs, Func<ProcessUid, WorkDone> work)
    {
        for (var i = 0; i < epochs; i++)
        {
            Plan();
            Acknowledge(work);
        }
    }

    private void Plan()
    {
        Beat();
        var epoch = _script.Coordinator.History.LastPlanned + 1;
        _script.Polled(Attempt.Owner[0], 0, Attempt.Generation[0], epoch, epoch);
        Assert.Equal(epoch, _script.Coordinator.History.LastPlanned);
    }

    private void Acknowledge(Func<ProcessUid, WorkDone> work)
    {
        var (attempt, epoch) = (Attempt, _script.Coordinator.History.LastPlanned);
        foreach (var process in _processes)
        {
            var row = new RowAddress(process, epoch);
            var tasks = Enumerable.Range(0, attempt.Owner.Length).Where(task => attempt.Owner[task] == process);
            _script.Tell(new Acknowledge(process, [.. tasks.Select(task => new TaskAck(task, attempt.Generation[task], epoch, row, 0, work(process)))]));
        }

        Assert.Equal(epoch, _script.Coordinator.History.LastCommitted);
    }

    /// <summary>A tenth of a second later, with everybody alive and all of it applied.</summary>
    private void Beat()
    {
        _nowMs += 100;
        _script.Tick(_nowMs);
        var history = _script.Coordinator.History;
        foreach (var process in _processes)
        {
            var beat = _script.Sent<Beat>(process).LastOrDefault()?.Number ?? 0;
            _script.Heartbeat(
                process,
                beat: beat,
                attempt: history.Attempt?.Number ?? 0,
                planned: history.LastPlanned,
                committed: history.LastCommitted,
                late: _late[process] = _late.GetValueOrDefault(process) + _lateMs(process),
                applied: [.. Enumerable.Range(1, Workers).Select(task => new SinkWatermark(task, history.LastCommitted))]);
        }
    }
}
