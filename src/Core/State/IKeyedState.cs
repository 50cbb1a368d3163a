using Millrace.Data;

namespace Millrace.State;

/// <summary>Gives an operator its tables, by name.</summary>
/// <remarks>
/// Called by the operator while it opens, on its task's thread; the same name and types give the same table again.
/// </remarks>
public interface IKeyedState
{
    /// <summary>The value table of a name.</summary>
    /// <param name="name">Unique in the operator.</param>
    /// <param name="clone">Needed when values are changed in place: makes the before-images. Without it values are immutable.</param>
    /// <param name="transient">Scratch of one epoch: never recorded, never durable, empty when an epoch begins.</param>
    /// <param name="local">Its keys are not those by which records come: the table belongs to the partition, and a savepoint can't divide it among others.</param>
    /// <exception cref="GraphException">The name is taken by a table of other types.</exception>
    ValueTable<TKey, TValue> Value<TKey, TValue>(string name, Func<TValue, TValue>? clone = null, bool transient = false, bool local = false);

    /// <summary>The list table of a name.</summary>
    /// <exception cref="GraphException">The name is taken by a table of other types.</exception>
    ListTable<TKey, TItem> List<TKey, TItem>(string name);

    /// <summary>The map table of a name.</summary>
    /// <exception cref="GraphException">The name is taken by a table of other types.</exception>
    MapTable<TKey, TField, TItem> Map<TKey, TField, TItem>(string name);

    /// <summary>The timer table of a name.</summary>
    /// <exception cref="GraphException">The name is taken by a table of other types.</exception>
    TimerTable<TKey> Timers<TKey>(string name);

    /// <summary>The scratch list of a name: rows gathered during one epoch.</summary>
    /// <exception cref="GraphException">The name is taken by a table of other types.</exception>
    ScratchList<T> Scratch<T>(string name);
}
