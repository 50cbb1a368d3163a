using Millrace.Data;

namespace Millrace.State;

/// <summary>The tables of one operator in one task, made on demand.</summary>
/// <remarks>Used on the task's thread. Tables made later join the open epoch at the next <c>BeginEpoch</c>: operators ask for theirs while they open.</remarks>
public sealed class KeyedState : IKeyedState
{
    private readonly List<StateTable> _tables = [];

    // Why: a window has a table for each of its panes, of which there may be a hundred thousand.
    private readonly Dictionary<string, StateTable> _byName = new(StringComparer.Ordinal);

    /// <value>All tables, in the order in which they were asked for.</value>
    public IReadOnlyList<StateTable> Tables => _tables;

    /// <summary>The table of a name; null where none was asked for.</summary>
    public StateTable? Find(string name) => _byName.GetValueOrDefault(name);

    public ValueTable<TKey, TValue> Value<TKey, TValue>(string name, Func<TValue, TValue>? clone = null, bool transient = false, bool local = false)
    {
        var table = Find<ValueTable<TKey, TValue>>(name) ?? Add(ValueTable.Create<TKey, TValue>(name, clone, transient, local));
        return table.IsTransient == transient
            ? table
            : throw new GraphException($"Table {name} expected {Kind(transient)} as asked now, found {Kind(table.IsTransient)} as asked before; give one of them another name.");
    }

    public ListTable<TKey, TItem> List<TKey, TItem>(string name) =>
        Find<ListTable<TKey, TItem>>(name) ?? Add(new ListTable<TKey, TItem>(name));

    public MapTable<TKey, TField, TItem> Map<TKey, TField, TItem>(string name) =>
        Find<MapTable<TKey, TField, TItem>>(name) ?? Add(new MapTable<TKey, TField, TItem>(name));

    public TimerTable<TKey> Timers<TKey>(string name) => Find<TimerTable<TKey>>(name) ?? Add(new TimerTable<TKey>(name));

    public ScratchList<T> Scratch<T>(string name) => Find<ScratchList<T>>(name) ?? Add(new ScratchList<T>(name));

    private static string Kind(bool transient) => transient ? "transient" : "durable";

    private TTable? Find<TTable>(string name)
        where TTable : StateTable
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var table = Find(name);
        return table is null or TTable
            ? (TTable?)table
            : throw new GraphException($"Table {name} expected as {typeof(TTable)}, found as {table.GetType()}; give one of them another name.");
    }

    private TTable Add<TTable>(TTable table)
        where TTable : StateTable
    {
        _tables.Add(table);
        _byName.Add(table.Name, table);
        return table;
    }
}
