using Akka.Actor;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Hosting;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Executors;

public sealed class ExecutorTests
{
    private static readonly int[] Two = [0, 1];

    [Fact]
    public async Task A_run_is_worked_at_by_all_executors_on_threads_of_their_own()
    {
        await using var host = await TestHost.StartAsync("millrace.task.threads = 2");
        var (job, executors) = await StartAsync(host);
        using var barrier = new Barrier(2);
        var seen = new (int Executor, string? Thread)[2];

        Run(executors, Two, task =>
        {
            barrier.SignalAndWait(TestHost.Patience);
            seen[task] = (DatasetTask.Current!.Executor!.Number, Thread.CurrentThread.Name);
        });
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        Assert.Equal([0, 1], seen.Select(one => one.Executor).Order());
        Assert.All(seen, one => Assert.StartsWith("millrace-executor-", one.Thread, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tries_end_with_the_configured_number_and_the_job_goes_on()
    {
        await using var host = await TestHost.StartAsync("millrace.task.max-attempts = 3");
        var (job, executors) = await StartAsync(host);
        var tries = 0;

        Assert.Throws<FormatException>(() => Run(executors, [0], _ => throw new FormatException($"{++tries}")));
        Run(executors, [0], _ => { });

        Assert.Equal(3, tries);
        Assert.Equal(JobState.Running, job.State);
    }

    [Fact]
    public async Task An_executor_that_is_killed_is_started_anew_and_what_it_held_is_lost()
    {
        var options = new MillraceHostOptions { StopsOnSignal = false }.WithHocon("millrace.task.threads = 2");
        using var system = ActorSystem.Create("tests", MillraceHost.SystemConfiguration(options));
        await using var host = MillraceHost.On(system, options);
        var (_, executors) = await StartAsync(host);
        using var barrier = new Barrier(2);
        var before = Lives(executors, barrier);

        system.ActorSelection("/user/millrace/*/executors/executor-1").Tell(Kill.Instance);
        Assert.True(SpinWait.SpinUntil(() => before[1].IsLost, TestHost.Patience));
        var after = Lives(executors, barrier);

        Assert.False(before[0].IsLost);
        Assert.Same(before[0], after[0]);
        Assert.NotSame(before[1], after[1]);
        Assert.False(after[1].IsLost);
    }

    [Fact]
    public async Task A_job_that_ends_lets_go_who_waits_and_takes_no_run_after()
    {
        await using var host = await TestHost.StartAsync();
        var (job, executors) = await StartAsync(host);
        using var released = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var waiter = Task.Run(() => Run(executors, [0], _ =>
        {
            begun.SetResult();
            released.Wait();
        }));
        await begun.Task.WaitAsync(TestHost.Patience);

        await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);

        await Assert.ThrowsAsync<OperationCanceledException>(() => waiter.WaitAsync(TestHost.Patience));
        Assert.False(executors.TryStart(new DatasetRun("rows", [0], 1, _ => { })));
        released.Set();
    }

    [Fact]
    public async Task A_task_that_never_returns_fails_the_job_and_is_named()
    {
        await using var host = await TestHost.StartAsync();
        var (job, executors) = await StartAsync(host, TestHost.Often with { TaskTimeout = TimeSpan.FromMilliseconds(200) });
        using var released = new ManualResetEventSlim();

        var waiter = Task.Run(() => Run(executors, [4, 7], task =>
        {
            if (task == 1)
                released.Wait();
        }));
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.Completion.WaitAsync(TestHost.Patience));
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiter.WaitAsync(TestHost.Patience));
        released.Set();

        Assert.Contains("dataset rows (partition 7) has not come back for ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("at most 200 ms (millrace.task.timeout) expected", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<(IJob Job, IExecutors Executors)> StartAsync(MillraceHost host, JobOptions? options = null)
    {
        var observer = new ExecutorObserver();
        var graph = TestHost.Graph(new QueueSource<int>(new()), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));
        return (await host.StartAsync(graph, (options ?? TestHost.Often) with { Observer = observer }), observer.Executors);
    }

    private static void Run(IExecutors executors, int[] partitions, Action<int> compute)
    {
        var run = new DatasetRun("rows", partitions, executors.MaxFailures, compute);
        Assert.True(executors.TryStart(run));
        run.Wait();
    }

    // The lives of both executors, each of which has one of two tasks.
    private static Executor[] Lives(IExecutors executors, Barrier barrier)
    {
        var lives = new Executor[2];
        Run(executors, Two, _ =>
        {
            barrier.SignalAndWait(TestHost.Patience);
            lives[DatasetTask.Current!.Executor!.Number] = DatasetTask.Current.Executor;
        });
        return lives;
    }
}
