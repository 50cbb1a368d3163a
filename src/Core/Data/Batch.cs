namespace Millrace.Data;

/// <summary>The only thing that carries data on an edge; a record is a batch of one.</summary>
/// <remarks>A batch has one owner at any time. Whoever receives it passes it on or calls <see cref="Release"/> once.</remarks>
public abstract class Batch
{
    private protected Batch()
    {
    }

    /// <summary>Rows in the batch.</summary>
    public abstract int Count { get; }

    /// <summary>Gives the arrays back to the pool. The batch must not be used afterwards.</summary>
    public abstract void Release();
}
