using Millrace.Client;

namespace Millrace.Runtime.Executors;

/// <summary>The runs that the executors of a job work at, oldest first, and who is at what. Thread-safe.</summary>
/// <remarks>Executors pull: each takes the next task when it has time, and is woken when it has found none before. Closed when the job ends; then callers that wait are let go.</remarks>
/// <param name="count">Number of executors.</param>
/// <param name="maxFailures">How often a task may fail before its run fails.</param>
internal sealed class ExecutorPool(int count, int maxFailures) : IExecutors
{
    private readonly Lock _lock = new();
    private readonly List<DatasetRun> _runs = [];
    private readonly Work?[] _works = new Work?[count];
    private readonly Stack<int> _idle = [];
    private Action? _start;
    private Action<int>? _wake;
    private bool _isClosed;

    /// <summary>A try that an executor is at.</summary>
    internal sealed record Work(DatasetRun Run, int Task, long SinceMs);

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public int MaxFailures => maxFailures;

    /// <inheritdoc/>
    public bool TryStart(DatasetRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_lock)
        {
            if (_isClosed)
                return false;
            _runs.Add(run);
            if (_wake is null)
                _start?.Invoke();
            else
                WakeIdle(run.Count);
            return true;
        }
    }

    /// <summary>Says how executors are started, once there is a run.</summary>
    public void OnFirstRun(Action start)
    {
        lock (_lock)
        {
            _start = start;
            if (_runs.Count > 0)
                start();
        }
    }

    /// <summary>The executors are there; says how one is woken.</summary>
    public void OnStarted(Action<int> wake)
    {
        lock (_lock)
        {
            _wake = wake;
            WakeIdle(_runs.Sum(run => run.Count));
        }
    }

    /// <summary>The next task for an executor, or null: then it is woken when there is one.</summary>
    public Work? Take(int executor)
    {
        lock (_lock)
        {
            for (var index = 0; index < _runs.Count;)
            {
                if (_runs[index].TryTake(out var task))
                    return _works[executor] = new Work(_runs[index], task, Environment.TickCount64);
                if (_runs[index].IsOver)
                    _runs.RemoveAt(index);
                else
                    index++;
            }

            if (!_idle.Contains(executor))
                _idle.Push(executor);
            return null;
        }
    }

    /// <summary>The executor has made its try.</summary>
    public void Done(int executor)
    {
        lock (_lock)
            _works[executor] = null;
    }

    /// <summary>A try that has lasted longer than it may, in words; null for none.</summary>
    public string? FindLate(TimeSpan timeout)
    {
        lock (_lock)
        {
            var now = Environment.TickCount64;
            return _works.FirstOrDefault(work => work is not null && now - work.SinceMs > timeout.TotalMilliseconds) is { } late
                ? $"dataset {late.Run.Describe(late.Task)} has not come back for {now - late.SinceMs} ms"
                : null;
        }
    }

    /// <summary>The job has ended.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var run in _runs)
                run.Cancel();
            _runs.Clear();
        }
    }

    // Those at work look for more by themselves.
    private void WakeIdle(int tasks)
    {
        for (; tasks > 0 && _idle.TryPop(out var executor); tasks--)
            _wake!(executor);
    }
}
