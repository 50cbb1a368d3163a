using Millrace.Connectors.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Batches;

/// <summary>Calls the function of a <see cref="ForeachBatchSink{T}"/> for one partition.</summary>
/// <remarks>The watermark is in memory alone: a writer opened anew knows of none, and is given every epoch of which the journal does not say that it was written.</remarks>
internal sealed class ForeachBatchWriter<T>(Func<IReadOnlyList<T>, ForeachBatchInfo, Task> function, SinkContext context)
    : PooledSinkWriter<T>(TimeProvider.System)
{
    private long _watermark;

    /// <inheritdoc/>
    public override long? ReadWatermark() => Interlocked.Read(ref _watermark) is > 0 and var written ? written : null;

    /// <inheritdoc/>
    protected override async Task<(SinkOutcome Outcome, long Watermark)> Write(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        var epoch = commit.Epoch.Epoch.Number;
        await function(Rows(rows), new ForeachBatchInfo(epoch, context.Partition.Number, commit.Epoch.NowMs));
        Interlocked.Exchange(ref _watermark, epoch);
        return (SinkOutcome.Applied, epoch);
    }

    /// <inheritdoc/>
    protected override bool IsTransient(Exception error) => error is TransientFaultException;

    /// <inheritdoc/>
    protected override Exception Explain(Exception error) => error as MillraceException
        ?? new UserFunctionException($"foreachBatch {context.Operator}, partition {context.Partition}: the function threw {UserText.Of(error)}", error);

    /// <inheritdoc/>
    protected override void Close()
    {
    }

    private static T[] Rows(IReadOnlyList<Batch<T>> batches)
    {
        var rows = new T[batches.Sum(batch => batch.Count)];
        var count = 0;
        foreach (var batch in batches)
        {
            batch.Rows.CopyTo(rows.AsSpan(count));
            count += batch.Count;
        }

        return rows;
    }
}
