namespace Millrace.State;

/// <summary>A table as it is shown to whoever reads state from outside: what is committed, on the task's thread.</summary>
internal abstract class TableView
{
    public abstract Type KeyType { get; }

    public abstract Type ValueType { get; }

    /// <summary>How many entries there are at the end of an epoch, not older than the last committed one.</summary>
    public abstract long Count(long epoch);

    /// <summary>Lets <paramref name="visitor"/> see it with its types.</summary>
    public abstract TResult Accept<TResult>(ITableViewVisitor<TResult> visitor);
}
