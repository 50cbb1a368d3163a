using Millrace.Client;

namespace Millrace.Runtime.Tasks;

/// <summary>Gathers the dead letters of all tasks for one question. Thread-safe.</summary>
internal sealed class LetterReading(int tasks)
{
    private readonly TaskCompletionSource<IReadOnlyList<DeadLetter>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<DeadLetter> _letters = [];
    private int _left = tasks;

    /// <summary>All of them, by epoch, once every task has answered.</summary>
    public Task<IReadOnlyList<DeadLetter>> Answer => _answer.Task;

    public void Add(IEnumerable<DeadLetter> letters)
    {
        lock (_lock)
        {
            _letters.AddRange(letters);
            if (--_left == 0)
                _answer.TrySetResult([.. _letters.OrderBy(letter => letter.Epoch.Number)]);
        }
    }
}
