namespace Millrace.Client;

/// <summary>One try at one partition of a dataset, on the thread that makes it.</summary>
public sealed class DatasetTask
{
    [ThreadStatic]
    private static DatasetTask? _current;

    private Dictionary<object, (object State, Action<object> Apply)>? _updates;

    private DatasetTask(Executor? executor) => Executor = executor;

    /// <summary>The task that this thread is in, or null.</summary>
    /// <remarks>
    /// A thread in a task must not wait for a run: the executors that would have to work at it may be waiting for what this task computes.
    /// What it needs it computes itself.
    /// </remarks>
    public static DatasetTask? Current => _current;

    /// <summary>The executor that makes the try; null for a thread of a caller or of the pool.</summary>
    public Executor? Executor { get; }

    /// <summary>What the task has to say to an object that outlives it: said once, when the task has succeeded, and never when it throws.</summary>
    /// <param name="target">The object.</param>
    /// <param name="begin">Makes what is gathered for it, at the first call for the object.</param>
    /// <param name="apply">Takes what was gathered over, on the task's thread.</param>
    public TState UpdateOf<TState>(object target, Func<TState> begin, Action<TState> apply)
        where TState : class
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(begin);
        ArgumentNullException.ThrowIfNull(apply);
        _updates ??= new(ReferenceEqualityComparer.Instance);
        if (_updates.TryGetValue(target, out var update))
            return (TState)update.State;
        var state = begin();
        _updates.Add(target, (state, gathered => apply((TState)gathered)));
        return state;
    }

    /// <summary>Makes a try, on this thread.</summary>
    internal static void Run(Executor? executor, int index, Action<int> compute)
    {
        var task = new DatasetTask(executor);
        var outer = _current;
        _current = task;
        try
        {
            compute(index);
        }
        finally
        {
            _current = outer;
        }

        foreach (var (state, apply) in task._updates?.Values ?? Enumerable.Empty<(object, Action<object>)>())
            apply(state);
    }
}
