using Millrace.Data;

namespace Millrace.Operators.Keyed;

/// <summary>An input port beside the first one: hands the rows of a batch to its operator and releases it.</summary>
internal sealed class InputPort<T>(Action<ReadOnlySpan<T>> take) : IInput<T>
{
    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        take(batch.Rows);
        batch.Release();
    }
}
