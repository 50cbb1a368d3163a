using Millrace.Data;

namespace Millrace.Operators.Keyed;

/// <summary>The state of the key that a function of <see cref="MapWithStateOperator{TKey,TValue,TState,TResult}"/> is called for.</summary>
/// <remarks>Valid during the call only: the next one uses the same object. After Spark's <c>State</c>.</remarks>
public sealed class State<TState>
{
    private TState? _value;

    internal State()
    {
    }

    /// <value>Whether the key has a state: it had one or got it in this call, and it was not removed.</value>
    public bool Exists { get; private set; }

    /// <value>Whether the call is the last one of a key that was idle for too long; its state is then removed.</value>
    public bool IsTimingOut { get; private set; }

    internal bool IsUpdated { get; private set; }

    /// <value>Whether the function has the state in its hands, and so may have changed it in place.</value>
    internal bool IsGiven { get; private set; }

    internal bool IsRemoved { get; private set; }

    /// <summary>The state. Where it is changed in place, the change is kept: without <see cref="Update"/> too.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public TState Get() => Exists ? Given() : throw new KeyNotFoundException("The state is not set; ask Exists or GetOption first.");

    /// <summary>The state, or none. Where it is changed in place, the change is kept, as with <see cref="Get"/>.</summary>
    public Option<TState> GetOption() => Exists ? new Option<TState>(Given()) : Option<TState>.None;

    /// <summary>Sets the state.</summary>
    /// <exception cref="InvalidOperationException">It was removed in this call, or is timing out.</exception>
    public void Update(TState state)
    {
        if (IsRemoved)
            throw new InvalidOperationException("The state cannot be updated after it has been removed.");
        if (IsTimingOut)
            throw new InvalidOperationException("The state cannot be updated while it is timing out.");
        (_value, Exists, IsUpdated) = (state, true, true);
    }

    /// <summary>Removes the state; nothing happens to a key that has none.</summary>
    /// <exception cref="InvalidOperationException">It was removed in this call already, or is timing out.</exception>
    public void Remove()
    {
        if (IsTimingOut)
            throw new InvalidOperationException("The state cannot be removed while it is timing out: it will be anyway.");
        if (IsRemoved)
            throw new InvalidOperationException("The state has already been removed.");
        (_value, Exists, IsUpdated, IsRemoved) = (default, false, false, true);
    }

    internal void Wrap(bool exists, TState? value, bool isTimingOut)
    {
        (_value, Exists, IsTimingOut) = (value, exists, isTimingOut);
        (IsGiven, IsUpdated, IsRemoved) = (false, false, false);
    }

    private TState Given()
    {
        IsGiven = true;
        return _value!;
    }
}
