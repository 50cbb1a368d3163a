namespace Millrace.Graphs;

/// <summary>Finds the key group of every row of a batch.</summary>
public abstract class Partitioner<T>
{
    /// <summary>Writes the key group of each row, in [0, <paramref name="keyGroups"/>).</summary>
    public abstract void FindKeyGroups(ReadOnlySpan<T> rows, Span<int> groups, int keyGroups);
}
