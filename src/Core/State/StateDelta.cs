using Millrace.Serialization;

namespace Millrace.State;

/// <summary>The changes of one table in one epoch, or an image of it: rows that can be written, split by key group and applied again.</summary>
/// <remarks>Immutable and detached from its table: it may be written by another thread.</remarks>
public abstract class StateDelta
{
    private protected StateDelta(string table, long epoch)
    {
        ArgumentNullException.ThrowIfNull(table);
        Table = table;
        Epoch = epoch;
    }

    /// <value>The name of the table.</value>
    public string Table { get; }

    /// <value>The epoch at whose end these values held.</value>
    public long Epoch { get; }

    /// <value>The number of rows.</value>
    public abstract int Count { get; }

    /// <summary>Writes the rows, with the schema that they are written in; nothing where there are none.</summary>
    internal abstract void Write(CodecWriter writer, CodecCatalog codecs);

    /// <summary>The stable hash of the key of a row.</summary>
    public abstract ulong HashAt(int row);

    /// <summary>The rows of each partition by the owner of their key's group, in their order; null for partitions without any.</summary>
    public abstract StateDelta?[] SplitByOwner(int keyGroups, int parallelism);
}
