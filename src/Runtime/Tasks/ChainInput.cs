using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>Where batches of one channel or of the source enter a chain, whatever their rows.</summary>
internal abstract class ChainInput
{
    /// <summary>Where its rows are kept on which an operator failed; null where no operator of the chain asks for it.</summary>
    public DeadLetterBox? Letters { get; init; }

    /// <summary>Hands the batch to the chain.</summary>
    public abstract void Deliver(Batch batch);

    /// <summary>So many rows of the batch from <paramref name="first"/> on, as a batch of their own.</summary>
    public abstract Batch SliceOf(Batch batch, int first, int count);

    /// <summary>Row <paramref name="row"/> of the batch as a batch of one.</summary>
    public abstract Batch RowOf(Batch batch, int row);

    /// <summary>Row <paramref name="row"/> as text, for a person who looks for it; the key alone for a pair.</summary>
    public abstract string Describe(Batch batch, int row);
}
