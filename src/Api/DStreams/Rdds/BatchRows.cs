using System.Collections;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>A partition of a batch as a stream delivered it.</summary>
internal sealed class BatchRows<T>(IReadOnlyList<Batch<T>> batches) : IEnumerable<T>
{
    public int Count => batches.Sum(batch => batch.Count);

    public void ForEach(Action<T> action)
    {
        foreach (var batch in batches)
        {
            foreach (var row in batch.Rows)
                action(row);
        }
    }

    public T[] ToArray()
    {
        var rows = new T[Count];
        var filled = 0;
        foreach (var batch in batches)
        {
            batch.Rows.CopyTo(rows.AsSpan(filled));
            filled += batch.Count;
        }

        return rows;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        foreach (var batch in batches)
        {
            for (var row = 0; row < batch.Count; row++)
                yield return batch.Rows[row];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
