using Millrace.Data;

namespace Millrace.DStreams;

/// <summary>The rows of one batch of a stream: immutable, in partitions. Given to the body of <c>ForeachRDD</c>.</summary>
public sealed class Rdd<T>
{
    private readonly IReadOnlyList<IReadOnlyList<Batch<T>>> _partitions;

    internal Rdd(IReadOnlyList<IReadOnlyList<Batch<T>>> partitions) => _partitions = partitions;

    /// <summary>Number of partitions.</summary>
    public int NumPartitions => _partitions.Count;

    /// <summary>All rows, partition after partition.</summary>
    public T[] Collect()
    {
        var rows = new T[checked((int)Count())];
        var filled = 0;
        foreach (var batch in Batches())
        {
            batch.Rows.CopyTo(rows.AsSpan(filled));
            filled += batch.Count;
        }

        return rows;
    }

    /// <summary>The first <paramref name="count"/> rows, or all if there are fewer.</summary>
    public T[] Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var rows = new List<T>(Math.Min(count, 1024));
        foreach (var batch in Batches())
        {
            var room = count - rows.Count;
            if (room == 0)
                break;
            rows.AddRange(batch.Rows[..Math.Min(room, batch.Count)]);
        }

        return [.. rows];
    }

    /// <summary>Number of rows.</summary>
    public long Count() => Batches().Sum(batch => (long)batch.Count);

    /// <summary>Whether there is no row.</summary>
    public bool IsEmpty() => Batches().All(batch => batch.Count == 0);

    /// <summary>Calls <paramref name="action"/> for every row, on the caller's thread.</summary>
    public void Foreach(Action<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        foreach (var batch in Batches())
        {
            foreach (var row in batch.Rows)
                action(row);
        }
    }

    private IEnumerable<Batch<T>> Batches() => _partitions.SelectMany(partition => partition);
}
