using Millrace.Data;

namespace Millrace.Client;

/// <summary>A table that an operator of a running job keeps, as far as it is committed: never what a failed epoch has to take back. Thread-safe.</summary>
/// <typeparam name="TKey">Of the keys; of a map table they are pairs of key and field.</typeparam>
/// <typeparam name="TValue">Of the values; of a list table they are arrays.</typeparam>
/// <remarks>
/// <para>The tasks answer between two batches, of their memory, wherever they are: a key is asked of the task that owns its key group. What an answer holds was so at the end of the epoch that
/// it names, which is not before <see cref="IJob.Committed"/> was when it was asked for. Two answers may be of different epochs, and so may pages of one table.</para>
/// <para>Every method throws <see cref="ConfigurationException"/>, in one line, when there is no such operator or table, or its types are others, and
/// <see cref="InvalidOperationException"/> when the job does not run, or ends before the answer. While tasks are being started anew the answer waits for them.</para>
/// </remarks>
public interface IStateTable<TKey, TValue>
{
    /// <summary>The value of a key.</summary>
    /// <param name="key">The key. Of a table that belongs to partitions, in which several may have it, the value is that of one of them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StateValue<TValue>> GetAsync(TKey key, CancellationToken cancellationToken = default);

    /// <summary>Some of the entries, in no particular order; all of them over the pages, each once, but for those that come or go meanwhile.</summary>
    /// <param name="from">Null for the first page; then <see cref="StatePage{TKey, TValue}.Next"/> of the one before.</param>
    /// <param name="count">About how many entries a page is to hold, at most 5,000; fewer where they are large.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>At least one entry, unless there are none behind it.</returns>
    Task<StatePage<TKey, TValue>> ReadAsync(string? from = null, int count = 1000, CancellationToken cancellationToken = default);

    /// <summary>What the table is, and how many entries each partition holds.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StateTableInfo> DescribeAsync(CancellationToken cancellationToken = default);
}
