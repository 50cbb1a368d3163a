namespace Millrace.Data;

/// <summary>Stable identity of an operator: its state is found again under this id after a restart.</summary>
/// <remarks>Given by the planner from the operator's name and what it stands on; see <c>OperatorIds</c>.</remarks>
public readonly record struct OperatorId(string Name)
{
    public override string ToString() => Name;
}
