namespace Millrace.Data;

/// <summary>Fixed hash bucket of keys, <c>hash(key) % keyGroups</c>: the unit of ownership, restore and rescale.</summary>
public readonly record struct KeyGroup(int Number)
{
    /// <summary>Key groups of a job unless its options say otherwise. Fixed for the life of the job's state.</summary>
    public const int DefaultCount = 128;

    /// <summary>The partition that owns this group when <paramref name="parallelism"/> partitions share <paramref name="count"/> groups evenly.</summary>
    public PartitionId OwnerOf(int count, int parallelism) => new((int)((long)Number * parallelism / count));
}
