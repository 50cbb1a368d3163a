namespace Millrace.Runtime.State;

/// <summary>Where the part of a table stands that one partition holds, among those of a job.</summary>
internal readonly record struct TablePlace(string Operator, string Table, int Partition) : IComparable<TablePlace>
{
    /// <summary>Before all of them.</summary>
    public static readonly TablePlace Start = new("", "", -1);

    public int CompareTo(TablePlace other)
    {
        var order = string.CompareOrdinal(Operator, other.Operator);
        order = order != 0 ? order : string.CompareOrdinal(Table, other.Table);
        return order != 0 ? order : Partition.CompareTo(other.Partition);
    }
}
