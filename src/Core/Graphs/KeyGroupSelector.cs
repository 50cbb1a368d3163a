namespace Millrace.Graphs;

/// <summary>Finds the key group of every row of a batch. Called by all senders at once, each on its own thread.</summary>
public abstract class KeyGroupSelector<T>
{
    /// <summary>Writes the key group of each row, in [0, <paramref name="keyGroups"/>): always the same for the same key and number of groups.</summary>
    /// <remarks>The number is that of the job's key groups, or <see cref="int.MaxValue"/> where an exchange wants keys told apart as finely as can be.</remarks>
    public abstract void FindKeyGroups(ReadOnlySpan<T> rows, Span<int> groups, int keyGroups);

    /// <summary>Lets <paramref name="visitor"/> see the key of the rows with its type.</summary>
    public abstract TResult Accept<TResult>(IRowKeyVisitor<T, TResult> visitor);
}
