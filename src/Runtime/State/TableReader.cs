using Millrace.Data;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>Reads the tables of one name, in every partition, by their types: finds what is asked for and gives it in the form in which it was asked. Holds on to no table; any thread.</summary>
internal abstract class TableReader
{
    /// <summary>The type of the key by whose group an entry is found.</summary>
    public abstract Type OwnerType { get; }

    /// <summary>Whether the table belongs to the partition.</summary>
    public abstract bool IsLocal { get; }

    public static TableReader Of(OperatorId @operator, StateTable table, CodecCatalog codecs) => table.View!.Accept(new Maker(@operator, table, codecs));

    /// <summary>The hash that says who owns a key.</summary>
    /// <exception cref="ConfigurationException">The key is of another type; in one line.</exception>
    public abstract ulong HashOf(StateQuery.Get query);

    /// <exception cref="ConfigurationException">It can't be answered as it was asked; in one line.</exception>
    public abstract StateAnswer.Entries Get(TableView view, long epoch, StateQuery.Get query);

    /// <exception cref="ConfigurationException">It can't be answered as it was asked; in one line.</exception>
    public abstract StateAnswer.Entries Read(TableView view, int partitions, long epoch, StateQuery.Entries query);

    private sealed class Maker(OperatorId @operator, StateTable table, CodecCatalog codecs) : ITableViewVisitor<TableReader>
    {
        public TableReader Visit<TKey, TValue>(TableView<TKey, TValue> view) => new TableReader<TKey, TValue>(@operator, table.Name, table.IsLocal, view.OwnerType, view.OwnerHash, codecs);
    }
}
