using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Testing;

/// <summary>The rows that a script has given to its batches, under the name of its input. Replayable, as long as the script lives.</summary>
internal sealed class TestSource<T>(string name, TestLog<T> log) : ISource<T>
{
    /// <inheritdoc/>
    public string Description => $"input {name}";

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <inheritdoc/>
    public int? Splits => null;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new Reader(log, context.Split.Number, context.Splits);
    }

    private sealed class Reader(TestLog<T> log, int split, int splits) : ISplitReader<T>
    {
        public bool IsFinished => false;

        public long Poll(Epoch epoch, long nowMs) => log.EndOf(split, splits);

        public Batch<T>? Read(long from, long to, out long next)
        {
            var rows = log.Read(split, splits, from, (int)Math.Min(to - from, Batch<T>.FullSize));
            next = from + rows.Length;
            return Batch<T>.View(rows, 0, rows.Length);
        }

        public void Release(long offset)
        {
        }

        public void Dispose()
        {
        }
    }
}
