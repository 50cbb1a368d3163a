namespace Millrace.Data;

/// <summary>Parallel slice of an operator, counted from 0.</summary>
public readonly record struct PartitionId(int Number)
{
    public override string ToString() => Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
