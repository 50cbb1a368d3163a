using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>Several listeners on one output port: every one but the last gets a copy.</summary>
internal sealed class FanOut<T>(Output<T>[] targets) : IInput<T>
{
    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        for (var target = 0; target < targets.Length - 1; target++)
            targets[target].Send(batch.Copy());
        targets[^1].Send(batch);
    }
}
