using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>Gathers what tasks answer to one query of state. Thread-safe.</summary>
internal sealed class StateReading(int tasks)
{
    private readonly TaskCompletionSource<StateAnswer?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<StateAnswer> _parts = [];
    private bool _isVoid;
    private int _left = tasks;

    /// <summary>That of all of them, once each has answered; null where one of them was not open.</summary>
    public Task<StateAnswer?> Answer => _answer.Task;

    /// <param name="part">Null: the task is not open.</param>
    public void Add(StateAnswer? part)
    {
        lock (_lock)
        {
            if (part is null)
                _isVoid = true;
            else
                _parts.Add(part);
            if (--_left == 0)
                _answer.TrySetResult(_isVoid ? null : StateAnswer.Merge(_parts));
        }
    }
}
