using System.Runtime.ExceptionServices;

namespace Millrace.Client;

/// <summary>One run over partitions of a dataset: a task for each, given out in order to whoever asks, and given out again when it failed. Thread-safe.</summary>
/// <remarks>
/// A task is named by its dataset and partition. One that failed so often that the run fails ends the giving out of later ones; those
/// before it run to their end, so that the same error comes every time.
/// </remarks>
public sealed class DatasetRun
{
    private readonly object _gate = new();
    private readonly string _dataset;
    private readonly IReadOnlyList<int> _partitions;
    private readonly int _maxFailures;
    private readonly Action<int> _compute;
    private int _next;
    private int _busy;
    private int _succeeded;
    private SortedSet<int>? _again;
    private Dictionary<int, int>? _failures;
    private (int Index, Exception Cause)? _failure;
    private bool _isCancelled;

    /// <param name="dataset">What the dataset is called in messages.</param>
    /// <param name="partitions">The partitions to compute.</param>
    /// <param name="maxFailures">How often a task may fail, 1 or more; the last time fails the run.</param>
    /// <param name="compute">Computes a partition, given its place in <paramref name="partitions"/>. Called on several threads at once, and again after it threw.</param>
    public DatasetRun(string dataset, IReadOnlyList<int> partitions, int maxFailures, Action<int> compute)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(partitions);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFailures, 1);
        ArgumentNullException.ThrowIfNull(compute);
        (_dataset, _partitions, _maxFailures, _compute) = (dataset, partitions, maxFailures, compute);
    }

    /// <summary>Number of tasks.</summary>
    public int Count => _partitions.Count;

    /// <summary>Whether every task has succeeded, or the run has failed or was cancelled and nobody works at it.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return HasEnded;
        }
    }

    private bool HasEnded => _busy == 0 && NextTask() is null;

    /// <summary>Takes the next task. Who takes it calls <see cref="Execute"/>.</summary>
    /// <param name="task">Its number among the tasks of the run.</param>
    /// <returns>False when there is none now; one that another thread is at may come again.</returns>
    public bool TryTake(out int task)
    {
        lock (_gate)
        {
            task = NextTask() ?? -1;
            if (task < 0)
                return false;
            if (_again?.Remove(task) != true)
                _next++;
            _busy++;
            return true;
        }
    }

    /// <summary>Makes one try at a task. What it throws is for <see cref="Wait"/>, or for the next try.</summary>
    /// <param name="task">The task, just taken.</param>
    /// <param name="executor">Who makes the try; null for a thread of a caller or of the pool.</param>
    public void Execute(int task, Executor? executor)
    {
        Exception? failure = null;
        try
        {
            DatasetTask.Run(executor, task, _compute);
        }
        catch (Exception cause)
        {
            failure = cause;
        }

        lock (_gate)
        {
            _busy--;
            if (failure is null)
                _succeeded++;
            else
                Fail(task, failure);
            if (HasEnded)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A task as messages name it.</summary>
    public string Describe(int task) => $"{_dataset} (partition {_partitions[task]})";

    /// <summary>Gives out no more tasks and waits for none: the executors have ended, or nobody wants it any more.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            _isCancelled = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until every task has succeeded, or the run has failed and all tasks that were begun have ended. Not for a thread that is in a task.</summary>
    /// <remarks>A run that failed throws what the first of its failed tasks threw last.</remarks>
    /// <exception cref="OperationCanceledException">It was cancelled before its end.</exception>
    public void Wait()
    {
        lock (_gate)
        {
            while (!_isCancelled && !HasEnded)
                Monitor.Wait(_gate);
        }

        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure.Cause);
        if (_succeeded < _partitions.Count)
            throw new OperationCanceledException($"{_dataset} was not computed to its end: the job whose executors were at it has ended.");
    }

    private int? NextTask()
    {
        if (_isCancelled)
            return null;
        int? next = _again is { Count: > 0 } again ? Math.Min(again.Min, _next) : _next;
        return next < _partitions.Count && !(next > _failure?.Index) ? next : null;
    }

    private void Fail(int task, Exception cause)
    {
        var failures = (_failures ??= []).GetValueOrDefault(task) + 1;
        _failures[task] = failures;
        if (failures < _maxFailures)
            (_again ??= []).Add(task);
        else if (_failure is null || task < _failure.Value.Index)
            _failure = (task, cause);
    }
}
