using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>The readers of a job's tables in this process, each made when its table is asked of the first time. Thread-safe.</summary>
internal sealed class TableReaders(CodecCatalog codecs)
{
    private readonly ConcurrentDictionary<(string Operator, string Table), TableReader> _readers = [];

    /// <summary>The reader of a table; null where none has been asked of it here yet.</summary>
    public TableReader? Find(string @operator, string table) => _readers.GetValueOrDefault((@operator, table));

    /// <summary>Answers of the tables of one task, on its thread.</summary>
    /// <param name="state">They.</param>
    /// <param name="partition">The task's.</param>
    /// <param name="partitions">How many there are of it.</param>
    /// <param name="committed">The last epoch that the task knows to be committed.</param>
    /// <param name="query">What is asked.</param>
    public StateAnswer Answer(TaskState state, int partition, int partitions, long committed, StateQuery query)
    {
        try
        {
            return query switch
            {
                StateQuery.Tables tables => StateAnswer.Tables.Of(state.Shown
                    .Where(shown => Names(tables.Operator, shown.Operator.Name) && Names(tables.Table, shown.Table.Name))
                    .Select(shown => (Place: new TablePlace(shown.Operator.Name, shown.Table.Name, partition), shown.Table))
                    .Where(shown => shown.Place.CompareTo(tables.After) > 0)
                    .Select(shown => CountOf(shown.Place, shown.Table, committed))),
                StateQuery.Get get => Reader(state, query, out var table).Get(table.View!, committed, get),
                StateQuery.Entries entries => Reader(state, query, out var table).Read(table.View!, partitions, committed, entries),
                _ => throw new ArgumentOutOfRangeException(nameof(query)),
            };
        }
        catch (Exception cause)
        {
            // Whatever a user's type throws here is the asker's business, and not the task's.
            return new StateAnswer.Refused(cause is ConfigurationException ? cause.Message : $"Operator {query.Operator}: its state can't be read: {(cause is MillraceException ? cause.Message : UserText.Of(cause))}");
        }
    }

    private static bool Names(string asked, string name) => asked.Length == 0 || asked == name;

    private static TableCount CountOf(TablePlace place, StateTable table, long committed)
    {
        var view = table.View!;
        return new(place, CodecCatalog.Name(view.KeyType), CodecCatalog.Name(view.ValueType), table.IsLocal, view.Count(committed), committed);
    }

    private TableReader Reader(TaskState state, StateQuery query, out StateTable table)
    {
        var (id, tables) = (new OperatorId(query.Operator), state.Shown.Where(shown => shown.Operator.Name == query.Operator).Select(shown => shown.Table).ToArray());
        if (tables.Length == 0)
            throw new ConfigurationException($"Operator {id}: one with state that can be read expected, none found in it; IJob.ListStateAsync names those that have.");
        var found = query.Table.Length == 0 && tables.Length == 1 ? tables[0] : Array.Find(tables, known => known.Name == query.Table);
        table = found ?? throw new ConfigurationException($"Operator {id}: one of its tables ({string.Join(", ", tables.Select(known => known.Name))}) expected, {(query.Table.Length == 0 ? "none" : UserText.OfValue(query.Table, 100))} found.");

        // Why also under no name: whoever names none asks by none the next time.
        var reader = _readers.GetOrAdd((id.Name, table.Name), static (_, made) => TableReader.Of(made.id, made.found!, made.codecs), (id, found, codecs));
        return query.Table.Length == 0 ? _readers.GetOrAdd((id.Name, ""), reader) : reader;
    }
}
