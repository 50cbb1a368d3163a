using Millrace.Data;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>All tables of one task: they go through epochs together.</summary>
internal sealed class TaskState
{
    private readonly List<(OperatorId Id, KeyedState State)> _operators = [];
    private StateTable[]? _tables;

    /// <summary>Undo records over all tables and epochs in flight; 0 when everything is committed.</summary>
    public int UndoEntryCount => Tables.Sum(table => table.UndoEntryCount);

    // Tables are made while operators open; the list is fixed with the first epoch.
    private StateTable[] Tables => _tables ??= [.. _operators.SelectMany(entry => entry.State.Tables)];

    /// <summary>The tables of an operator; called once per operator while the chain is built.</summary>
    public KeyedState Of(OperatorId id)
    {
        var state = new KeyedState();
        _operators.Add((id, state));
        return state;
    }

    public void BeginEpoch(Epoch epoch)
    {
        foreach (var table in Tables)
            table.BeginEpoch(epoch.Number);
    }

    public void RollBackTo(Epoch committed)
    {
        foreach (var table in Tables)
            table.RollBackTo(committed.Number);
    }

    public void Commit(Epoch epoch)
    {
        foreach (var table in Tables)
            table.Commit(epoch.Number);
    }

    /// <summary>Opens a row scope in every table.</summary>
    public void Mark(List<long> marks)
    {
        marks.Clear();
        foreach (var table in Tables)
            marks.Add(table.Mark());
    }

    /// <summary>Takes back what happened since the marks.</summary>
    public void UndoTo(List<long> marks)
    {
        for (var table = 0; table < Tables.Length; table++)
            Tables[table].UndoTo(marks[table]);
    }

    /// <summary>Keeps what happened since the marks.</summary>
    public void Release(List<long> marks)
    {
        for (var table = 0; table < Tables.Length; table++)
            Tables[table].Release(marks[table]);
    }
}
