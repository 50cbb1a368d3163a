using System.Runtime.ExceptionServices;
using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>A function of the user that a job calls: who computes what it asks for, and the asynchronous actions that it has begun; it has come back when they have ended too. Thread-safe.</summary>
/// <remarks>Why waited for: a batch whose function has come back is done, and what its actions write after that would be lost with the process.</remarks>
internal sealed class PendingActions(DatasetRunner runner)
{
    private static readonly AsyncLocal<PendingActions?> Current = new();

    private readonly Lock _lock = new();
    private readonly DatasetRunner _runner = runner;
    private readonly List<(Task Action, Action? AtEnd)> _actions = [];
    private bool _isOver;

    /// <summary>Who computes what the caller asks for, where a job has called it; else null.</summary>
    public static DatasetRunner? Runner => Current.Value?._runner;

    /// <summary>Begins an action on a thread of its own; within a task of a dataset it is done before this returns, since a task must not wait for a run.</summary>
    /// <param name="action">The action; it waits.</param>
    /// <param name="cancellation">Cancels it before it has begun.</param>
    /// <param name="atEnd">Called when the function that the caller belongs to is at its end, before the action is waited for; null: nothing.</param>
    public static Task<TResult> Begin<TResult>(Func<TResult> action, CancellationToken cancellation, Action? atEnd = null)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<TResult>(cancellation);
        if (DatasetTask.Current is not null)
        {
            var task = new Task<TResult>(action, cancellation);
            task.RunSynchronously(TaskScheduler.Default);
            return task;
        }

        // Why not of the pool: it waits for executors, and whoever else needs the pool should not wait for it.
        var begun = Task.Factory.StartNew(action, cancellation, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        Current.Value?.Add(begun, atEnd);
        return begun;
    }

    /// <summary>Calls a function of the user and waits for what it has begun, also when it throws.</summary>
    /// <param name="runner">Who computes what it asks for, of datasets that belong to no job too.</param>
    /// <param name="function">The function.</param>
    /// <remarks>Throws what the function throws, or else what the first of the actions has thrown. One that was cancelled is no failure.</remarks>
    public static void Complete(DatasetRunner runner, Action function)
    {
        var (outer, pending) = (Current.Value, new PendingActions(runner));
        Current.Value = pending;
        try
        {
            function();
        }
        catch
        {
            pending.End();
            throw;
        }
        finally
        {
            Current.Value = outer;
        }

        if (pending.End() is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private void Add(Task action, Action? atEnd)
    {
        lock (_lock)
        {
            if (!_isOver)
                _actions.Add((action, atEnd));
        }
    }

    /// <returns>What the first of the actions has thrown, or null.</returns>
    private Exception? End()
    {
        Exception? failure = null;
        for (var next = 0; Next(next) is { Action: { } action } begun; next++)
        {
            begun.AtEnd?.Invoke();
            try
            {
                action.GetAwaiter().GetResult();
            }
            catch (Exception cause)
            {
                if (!action.IsCanceled)
                    failure ??= cause;
            }
        }

        return failure;
    }

    // Those that were begun while others were waited for are among them.
    private (Task? Action, Action? AtEnd) Next(int number)
    {
        lock (_lock)
        {
            if (number < _actions.Count)
                return _actions[number];
            _isOver = true;
            return default;
        }
    }
}
