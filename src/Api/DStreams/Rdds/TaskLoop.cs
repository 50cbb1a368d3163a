using System.Runtime.ExceptionServices;

namespace Millrace.DStreams.Rdds;

/// <summary>Numbered pieces of work, shared out between the caller's thread and helpers of the pool. Runs once.</summary>
/// <remarks>The caller does all of it where the pool has no thread to spare: a run within a run can't starve.</remarks>
internal sealed class TaskLoop(int count, Action<int> body)
{
    private readonly object _gate = new();
    private int _taken;
    private int _busy;
    private (int Index, Exception Cause)? _failure;

    public void Run(int parallelism)
    {
        for (var helper = 1; helper < Math.Min(parallelism, count); helper++)
            ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.Work(), this, preferLocal: false);
        Work();
        lock (_gate)
        {
            while (_busy > 0)
                Monitor.Wait(_gate);
        }

        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure.Cause);
    }

    private void Work()
    {
        while (TryTake() is { } index)
        {
            try
            {
                body(index);
            }
            catch (Exception cause)
            {
                Fail(index, cause);
            }

            Return();
        }
    }

    private int? TryTake()
    {
        lock (_gate)
        {
            if (_taken == count || _failure is not null)
                return null;
            _busy++;
            return _taken++;
        }
    }

    // Why the lowest: pieces are taken in order, so all below a failed one run to their end, and the same error comes every time.
    private void Fail(int index, Exception cause)
    {
        lock (_gate)
        {
            if (_failure is null || index < _failure.Value.Index)
                _failure = (index, cause);
        }
    }

    private void Return()
    {
        lock (_gate)
        {
            if (--_busy == 0)
                Monitor.PulseAll(_gate);
        }
    }
}
