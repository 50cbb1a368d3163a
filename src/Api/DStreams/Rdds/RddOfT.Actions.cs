using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.DStreams.Rdds;

/// <content>Actions that hand rows over.</content>
public sealed partial class Rdd<T>
{
    private int[] AllPartitions => [.. Enumerable.Range(0, NumPartitions)];

    /// <summary>All rows, partition after partition.</summary>
    public T[] Collect() => Collect("collect", CancellationToken.None);

    private T[] Collect(string operation, CancellationToken cancellationToken)
    {
        var partitions = RunAll(operation, static (_, rows) => RowBlocks.ToArray(rows), cancellationToken);
        var all = new T[checked((int)partitions.Sum(rows => (long)rows.Length))];
        var filled = 0;
        foreach (var rows in partitions)
        {
            rows.CopyTo(all, filled);
            filled += rows.Length;
        }

        return all;
    }

    /// <summary>The first <paramref name="count"/> rows, or all if there are fewer. Computes the first partition, then more only as they are needed.</summary>
    /// <exception cref="GraphException">The count is negative.</exception>
    public T[] Take(int count)
    {
        Check.Count(count);
        return Take("take", count, CancellationToken.None);
    }

    private T[] Take(string operation, int count, CancellationToken cancellationToken)
    {
        var taken = new List<T>();
        for (var (next, width) = (0, 1); taken.Count < count && next < NumPartitions; next += width, width *= 4)
        {
            var missing = count - taken.Count;
            int[] partitions = [.. Enumerable.Range(next, Math.Min(width, NumPartitions - next))];
            foreach (var rows in Run(operation, partitions, (_, rows) => rows.Take(missing).ToArray(), cancellationToken: cancellationToken))
                taken.AddRange(rows.Take(count - taken.Count));
        }

        return [.. taken];
    }

    /// <summary>The first row.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T First() => Take(1) is [var first] ? first : throw Check.EmptyCollection();

    /// <summary>Number of rows.</summary>
    public long Count() => RunAll("count", static (_, rows) => RowBlocks.Count(rows)).Sum();

    /// <summary>Whether there is no row. Computes no more partitions than it takes to find one.</summary>
    public bool IsEmpty() => Take(1).Length == 0;

    /// <summary>Calls <paramref name="action"/> for every row, on several threads at once: a partition's rows one after the other, and again from its first one where it is tried again.</summary>
    /// <remarks>What changes something that is not made for many threads enumerates <see cref="Collect()"/> or <see cref="ToLocalIterator"/> instead.</remarks>
    public void Foreach(Action<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        RunAll("foreach", (_, rows) =>
        {
            RowBlocks.ForEach(rows, action);
            return true;
        });
    }

    /// <summary>Calls <paramref name="action"/> once for each partition, on several threads at once, and again where it is tried again.</summary>
    public void ForeachPartition(Action<IEnumerable<T>> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        RunAll("foreachPartition", (_, rows) =>
        {
            action(rows);
            return true;
        });
    }

    /// <summary>All rows, partition after partition; each is computed when the enumeration reaches it, and one at a time is in memory.</summary>
    public IEnumerable<T> ToLocalIterator() =>
        AllPartitions.SelectMany(partition => Run("toLocalIterator", [partition], static (_, rows) => RowBlocks.ToArray(rows))[0]);

    /// <summary>Writes each row as a line of UTF-8 into <c>part-00000</c> and so on, a file for each partition, and at the end an empty <c>_SUCCESS</c>.</summary>
    /// <param name="path">The directory to make; its parents are made where they are missing.</param>
    /// <exception cref="IOException">It exists already.</exception>
    public void SaveAsTextFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SaveAsText(new PartFiles(path));
    }

    /// <summary>Writes the rows as bytes into <c>part-00000</c> and so on, a file for each partition, and at the end an empty <c>_SUCCESS</c>. <see cref="Rdd.ObjectFile"/> reads them.</summary>
    /// <param name="path">The directory to make; its parents are made where they are missing.</param>
    /// <remarks>
    /// Rows are written by their members, as in a checkpoint, with their schema, lengths and checksums: a program with a newer version of the
    /// type reads them where the change can be understood. Types that a host was given (<c>SerializableTypes</c>) are not known here.
    /// </remarks>
    /// <exception cref="GraphException">Rows of the type can't be written: says which member is in the way.</exception>
    /// <exception cref="SchemaException">A row holds something that its declared types do not say.</exception>
    /// <exception cref="IOException">It exists already.</exception>
    public void SaveAsObjectFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var codec = ObjectFile.Codecs.Of<T>();
        SaveAsObjects(new PartFiles(path), codec);
    }

    internal void SaveAsText(PartFiles files) => SaveParts("saveAsTextFile", files, (partition, rows) =>
    {
        using var file = files.Create(partition);
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        foreach (var row in rows)
            writer.WriteLine(RowText.Spell(row));
        return true;
    });

    internal void SaveAsObjects(PartFiles files, Codec<T> codec) =>
        SaveParts("saveAsObjectFile", files, (partition, rows) => WriteObjects(files, codec, partition, rows));

    private bool WriteObjects(PartFiles files, Codec<T> codec, int partition, IEnumerable<T> rows)
    {
        using var file = files.Create(partition);
        using var writer = new ObjectFileWriter<T>(file, codec, partition, NumPartitions);
        RowBlocks.ForEach(rows, writer.Write);
        writer.Complete();
        return true;
    }

    private void SaveParts(string operation, PartFiles files, Func<int, IEnumerable<T>, bool> write)
    {
        RunAll(operation, write);
        files.Commit();
    }

    private TResult[] RunAll<TResult>(string operation, Func<int, IEnumerable<T>, TResult> task, CancellationToken cancellationToken = default) =>
        Run(operation, AllPartitions, task, cancellationToken);

    internal TResult[] Run<TResult>(
        string operation, IReadOnlyList<int> partitions, Func<int, IEnumerable<T>, TResult> task, CancellationToken cancellationToken = default)
    {
        var results = Runner.Run(this, partitions, (partition, rows) => UserCode.Call(operation, partition, rows, task), cancellationToken);
        Lineage.FinishCheckpoints(this);
        return results;
    }
}
