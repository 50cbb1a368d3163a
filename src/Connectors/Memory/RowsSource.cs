using Millrace.Data;

namespace Millrace.Connectors.Memory;

/// <summary>Rows that are at hand when the job starts: all of them are the first epoch's, an even share for each split. Then it has ended.</summary>
/// <remarks>Replayable: a run of the program again has the same rows. They must not change afterwards.</remarks>
/// <param name="rows">The rows.</param>
public sealed class RowsSource<T>(T[] rows) : ISource<T>
{
    /// <inheritdoc/>
    public string Description => "rows";

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <inheritdoc/>
    public int? Splits => null;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var start = (int)((long)rows.Length * context.Split.Number / context.Splits);
        return new Reader(rows, start, (int)((long)rows.Length * (context.Split.Number + 1) / context.Splits) - start);
    }

    private sealed class Reader(T[] rows, int start, int count) : ISplitReader<T>
    {
        public bool IsFinished => true;

        public long Poll(Epoch epoch, long nowMs) => count;

        public Batch<T>? Read(long from, long to, out long next)
        {
            next = Math.Min(to, from + Batch<T>.FullSize);
            return Batch<T>.View(rows, start + (int)from, (int)(next - from));
        }

        public void Release(long offset)
        {
        }

        public void Dispose()
        {
        }
    }
}
