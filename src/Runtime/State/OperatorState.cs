using Millrace.Data;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>The tables of one operator on one partition.</summary>
internal sealed class OperatorState(OperatorId id) : IKeyedState
{
    private readonly Dictionary<string, StateTable> _tables = new(StringComparer.Ordinal);

    public IEnumerable<StateTable> Tables => _tables.Values;

    /// <inheritdoc/>
    public ValueTable<TKey, TValue> Value<TKey, TValue>(string name, Func<TValue, TValue>? clone = null, bool transient = false) =>
        Find(name, () => ValueTable.Create<TKey, TValue>(name, clone, transient));

    /// <inheritdoc/>
    public ListTable<TKey, TItem> List<TKey, TItem>(string name) => Find(name, () => new ListTable<TKey, TItem>(name));

    /// <inheritdoc/>
    public MapTable<TKey, TField, TItem> Map<TKey, TField, TItem>(string name) =>
        Find(name, () => new MapTable<TKey, TField, TItem>(name));

    /// <inheritdoc/>
    public ScratchList<T> Scratch<T>(string name) => Find(name, () => new ScratchList<T>(name));

    private TTable Find<TTable>(string name, Func<TTable> create)
        where TTable : StateTable
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_tables.TryGetValue(name, out var table))
            _tables[name] = table = create();
        return table as TTable
            ?? throw new GraphException($"Operator {id}: table '{name}' was asked for with two types, {table.GetType().Name} and {typeof(TTable).Name}.");
    }
}
