using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>An operator's input that may fail behind each batch, when most is to be taken back: state has changed and rows have gone on.</summary>
internal sealed class FaultyInput<T>(IInput<T> input, OperatorId @operator, ITaskFaults faults) : IInput<T>
{
    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        input.OnBatch(batch);
        faults.AfterBatch(@operator);
    }
}
