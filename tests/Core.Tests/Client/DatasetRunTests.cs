using Millrace.Client;

namespace Millrace.Core.Tests.Client;

public sealed class DatasetRunTests
{
    [Fact]
    public void Tasks_are_given_out_in_order_and_named_by_dataset_and_partition()
    {
        var computed = new List<int>();
        var run = new DatasetRun("rows", [7, 3, 5], maxFailures: 1, computed.Add);

        Work(run);
        run.Wait();

        Assert.Equal([0, 1, 2], computed);
        Assert.Equal("rows (partition 3)", run.Describe(1));
        Assert.True(run.IsOver);
    }

    [Fact]
    public void A_run_without_partitions_is_over() => new DatasetRun("rows", [], maxFailures: 1, _ => { }).Wait();

    [Fact]
    public void A_task_that_failed_is_given_out_again_before_later_ones()
    {
        var tries = new List<int>();
        var run = new DatasetRun("rows", [0, 1, 2], maxFailures: 3, task =>
        {
            tries.Add(task);
            if (task == 1 && tries.Count(made => made == 1) < 3)
                throw new FormatException();
        });

        Work(run);
        run.Wait();

        Assert.Equal([0, 1, 1, 1, 2], tries);
    }

    [Fact]
    public void A_task_that_fails_too_often_fails_the_run_and_ends_the_giving_out()
    {
        var tries = new List<int>();
        var run = new DatasetRun("rows", [0, 1, 2], maxFailures: 3, task =>
        {
            tries.Add(task);
            if (task == 1)
                throw new FormatException($"try {tries.Count}");
        });

        Work(run);

        Assert.Equal("try 4", Assert.Throws<FormatException>(run.Wait).Message);
        Assert.Equal([0, 1, 1, 1], tries);
    }

    [Fact]
    public void Of_several_failures_the_first_in_order_is_thrown()
    {
        var run = new DatasetRun("rows", [0, 1, 2, 3], maxFailures: 1, task => throw new FormatException($"task {task}"));
        var (first, second) = (Take(run), Take(run));

        run.Execute(second, executor: null);
        Assert.False(run.TryTake(out _));
        Assert.False(run.IsOver);
        run.Execute(first, executor: null);

        Assert.Equal("task 0", Assert.Throws<FormatException>(run.Wait).Message);
    }

    [Fact]
    public void What_stands_before_a_failed_task_is_tried_to_its_end()
    {
        var failures = 0;
        var run = new DatasetRun("rows", [0, 1], maxFailures: 2, task =>
        {
            if (task == 1 || failures++ < 1)
                throw new FormatException($"task {task}");
        });
        var (first, second) = (Take(run), Take(run));
        run.Execute(second, executor: null);
        run.Execute(Take(run), executor: null);

        run.Execute(first, executor: null);
        run.Execute(Take(run), executor: null);

        Assert.True(run.IsOver);
        Assert.Equal("task 1", Assert.Throws<FormatException>(run.Wait).Message);
    }

    [Fact]
    public void A_cancelled_run_lets_its_waiters_go_although_a_task_hangs()
    {
        var run = new DatasetRun("rows", [0, 1], maxFailures: 1, _ => { });
        Assert.True(run.TryTake(out _));

        run.Cancel();

        Assert.False(run.TryTake(out _));
        Assert.Contains("rows was not computed to its end", Assert.Throws<OperationCanceledException>(run.Wait).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_done_before_it_was_cancelled_has_succeeded()
    {
        var run = new DatasetRun("rows", [0, 1], maxFailures: 1, _ => { });
        Work(run);

        run.Cancel();

        run.Wait();
    }

    [Fact]
    public void A_task_knows_its_executor_and_no_thread_is_left_in_it()
    {
        var executor = new Executor(3);
        Executor? seen = null;
        var run = new DatasetRun("rows", [0], maxFailures: 1, _ =>
        {
            seen = DatasetTask.Current?.Executor;
            throw new FormatException();
        });

        Assert.True(run.TryTake(out var task));
        run.Execute(task, executor);

        Assert.Same(executor, seen);
        Assert.Null(DatasetTask.Current);
    }

    [Fact]
    public void Updates_count_when_the_try_that_made_them_has_succeeded()
    {
        var (target, taken) = (new object(), new List<int>());
        var tries = 0;
        var run = new DatasetRun("rows", [0], maxFailures: 2, _ =>
        {
            var update = DatasetTask.Current!.UpdateOf(target, () => new List<int>(), taken.AddRange);
            update.Add(++tries);
            Assert.Same(update, DatasetTask.Current.UpdateOf(target, () => new List<int>(), taken.AddRange));
            if (tries == 1)
                throw new FormatException();
        });

        Work(run);
        run.Wait();

        Assert.Equal([2], taken);
    }

    private static int Take(DatasetRun run)
    {
        Assert.True(run.TryTake(out var task));
        return task;
    }

    private static void Work(DatasetRun run)
    {
        while (run.TryTake(out var task))
            run.Execute(task, executor: null);
    }
}
