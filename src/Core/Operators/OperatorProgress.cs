using Millrace.Data;

namespace Millrace.Operators;

/// <summary>Which operator of a chain is at work; read from another thread when a task does not come back.</summary>
public sealed class OperatorProgress
{
    private volatile OperatorIdBox? _current;

    /// <summary>The operator that is running now, if any.</summary>
    public OperatorId? Current => _current?.Id;

    internal OperatorIdBox? Enter(OperatorIdBox? box)
    {
        var caller = _current;
        _current = box;
        return caller;
    }

    /// <summary>An operator is at work that was called by no other.</summary>
    internal void Enter(OperatorId id) => _current = new(id);

    /// <summary>No operator is at work.</summary>
    internal void Leave() => _current = null;

    internal void Leave(OperatorIdBox? caller) => _current = caller;

    // Why: a reference is written atomically; an OperatorId in a field of this class could not be volatile.
    internal sealed record OperatorIdBox(OperatorId Id);
}
