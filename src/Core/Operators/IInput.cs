using Millrace.Data;

namespace Millrace.Operators;

/// <summary>A place that takes batches: an operator's input port, a gate towards other tasks, a sink.</summary>
public interface IInput<T>
{
    /// <summary>Takes the batch over: the callee passes it on or releases it. Called on the task's thread only.</summary>
    void OnBatch(Batch<T> batch);
}
