using System.Collections.Concurrent;
using Millrace.Connectors;
using Millrace.Connectors.Memory;

namespace Millrace.Testing;

/// <summary>A queue of batches under the name of its input, so that errors name it.</summary>
internal sealed class TestSource<T>(string name, ConcurrentQueue<T[]> batches) : ISource<T>
{
    private readonly QueueSource<T> _queue = new(batches);

    /// <inheritdoc/>
    public string Description => $"input {name}";

    /// <inheritdoc/>
    public bool IsReplayable => false;

    /// <inheritdoc/>
    public int? Splits => null;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context) => _queue.Open(context);
}
