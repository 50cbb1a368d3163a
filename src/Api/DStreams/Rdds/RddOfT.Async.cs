using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <content>Actions that do not hold the caller up, and those that give an estimate in time.</content>
/// <remarks>
/// Each has a thread of its own, which waits; partitions are computed where those of other actions are. Cancelled, no further partition is
/// begun, those that were are not waited for, and the task is cancelled. Called by a function of an RDD, they are done when they return.
/// <para>One that a body of <c>ForeachRDD</c>, or a function of <c>Transform</c>, has begun belongs to its batch, awaited or not: the batch is done when
/// it has ended, within the time-out of the body, and its error fails the body, also one that was caught (whether it was, nobody can tell; where an
/// action may fail, call it synchronously). One that was cancelled is no failure. A batch that runs once more begins them once more.</para>
/// </remarks>
public sealed partial class Rdd<T>
{
    /// <summary><see cref="Count"/>, without holding the caller up.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken = default) =>
        Beside(token => RunAll("countAsync", static (_, rows) => RowBlocks.Count(rows), token).Sum(), cancellationToken);

    /// <summary><see cref="Collect()"/>, without holding the caller up.</summary>
    public Task<T[]> CollectAsync(CancellationToken cancellationToken = default) => Beside(token => Collect("collectAsync", token), cancellationToken);

    /// <summary><see cref="Take(int)"/>, without holding the caller up.</summary>
    /// <exception cref="GraphException">The count is negative.</exception>
    public Task<T[]> TakeAsync(int count, CancellationToken cancellationToken = default)
    {
        Check.Count(count);
        return Beside(token => Take("takeAsync", count, token), cancellationToken);
    }

    /// <summary>Calls <paramref name="action"/> for every row, on several threads at once: a partition's rows one after the other.</summary>
    public Task ForeachAsync(Action<T> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return ForeachPartitionAsync("foreachAsync", rows => RowBlocks.ForEach(rows, action), cancellationToken);
    }

    /// <summary><see cref="ForeachPartition"/>, without holding the caller up.</summary>
    public Task ForeachPartitionAsync(Action<IEnumerable<T>> action, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return ForeachPartitionAsync("foreachPartitionAsync", action, cancellationToken);
    }

    /// <summary>The number of rows, or, where counting takes longer than <paramref name="timeout"/>, an estimate by the partitions counted so far.</summary>
    /// <param name="timeout">How long to wait for the count; 0 or more. Counting goes on behind it: see <see cref="PartialResult{T}.FinalValue"/>.
    /// At the end of the body of <c>ForeachRDD</c>, or of the function of <c>Transform</c>, that called it, counting is given up unless that value was asked for.</param>
    /// <param name="confidence">How likely the number is to lie within the bounds of the estimate, if rows lie in partitions at random; 0 to 1.</param>
    /// <returns>Where no partition was counted in time, or none of those held a row, the bounds are 0 and infinity, of confidence 0.</returns>
    /// <exception cref="GraphException">The time is negative, or the confidence not within 0 and 1.</exception>
    /// <remarks>The estimate is that of Spark's <c>countApprox</c>; the model stands on <c>CountEstimate</c>.</remarks>
    public PartialResult<BoundedDouble> CountApprox(TimeSpan timeout, double confidence = 0.95)
    {
        if (timeout < TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue)
            throw new GraphException($"countApprox: a time of 0 to {int.MaxValue} ms expected, {timeout.TotalMilliseconds} ms found.");
        if (confidence is not (>= 0 and <= 1))
            throw new GraphException($"countApprox: a confidence of 0 to 1 expected, {confidence} found.");
        var estimate = new CountEstimate(NumPartitions, confidence);
        var isFinalWanted = new StrongBox<bool>();
        var givenUp = new CancellationTokenSource();
        var counting = Beside(
            token => BoundedDouble.Exactly(RunAll("countApprox", (partition, rows) => Counted(estimate, partition, rows), token).Sum()),
            givenUp.Token,
            () =>
            {
                if (!Volatile.Read(ref isFinalWanted.Value))
                    givenUp.Cancel();
            });

        // Why so: waiting for the task itself would throw what it throws inside of another exception.
        Task.WaitAny([counting], timeout);
        return counting.IsCompleted
            ? new(counting.GetAwaiter().GetResult(), isFinal: true, counting, isFinalWanted)
            : new(estimate.Current(), isFinal: false, counting, isFinalWanted);
    }

    private static long Counted(CountEstimate estimate, int partition, IEnumerable<T> rows)
    {
        var count = RowBlocks.Count(rows);
        estimate.Add(partition, count);
        return count;
    }

    private Task ForeachPartitionAsync(string operation, Action<IEnumerable<T>> action, CancellationToken cancellationToken) => Beside(
        token => RunAll(
            operation,
            (_, rows) =>
            {
                action(rows);
                return true;
            },
            token),
        cancellationToken);

    private static Task<TResult> Beside<TResult>(Func<CancellationToken, TResult> action, CancellationToken cancellationToken, Action? atEnd = null) =>
        PendingActions.Begin(() => action(cancellationToken), cancellationToken, atEnd);
}
