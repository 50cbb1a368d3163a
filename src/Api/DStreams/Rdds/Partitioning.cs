namespace Millrace.DStreams.Rdds;

/// <summary>Chooses the partitioner of an operation by key that was given none.</summary>
internal static class Partitioning
{
    /// <summary>
    /// By hash into so many partitions when a number is given. Else the partitioner of the parent that has most partitions, unless another
    /// parent has ten times as many, so that what is partitioned is not shuffled again; and by hash when no parent has one.
    /// </summary>
    public static Partitioner<TKey> Of<TKey>(int? numPartitions, params ReadOnlySpan<Dataset> parents)
    {
        if (numPartitions is { } given)
            return new HashPartitioner<TKey>(given);
        Partitioner<TKey>? found = null;
        var most = 1;
        foreach (var parent in parents)
        {
            most = Math.Max(most, parent.NumPartitions);
            if (parent.Partitioner is Partitioner<TKey> partitioner && partitioner.NumPartitions > (found?.NumPartitions ?? 0))
                found = partitioner;
        }

        return found is not null && found.NumPartitions * 10L > most ? found : new HashPartitioner<TKey>(most);
    }
}
