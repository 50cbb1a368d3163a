using Millrace.Data;

namespace Millrace.Operators;

/// <summary>Takes what an operator gives out on its own account, at the end of an epoch or at a watermark, while its task works record by record.</summary>
internal interface IRowGuard
{
    /// <summary>Takes the batch over and has each row go on by <see cref="Output{T}.Pass"/>.</summary>
    void Deliver<T>(Output<T> output, Batch<T> batch);
}
