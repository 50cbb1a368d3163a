using Millrace.Data;

namespace Millrace.State;

/// <summary>Makes value tables.</summary>
public static class ValueTable
{
    /// <summary>A table specialised on the hash of its keys.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="clone">Needed when values are changed in place: makes the before-images. Without it values are immutable.</param>
    /// <param name="transient">Scratch of one epoch.</param>
    /// <param name="local">Belongs to the partition: <see cref="StateTable.IsLocal"/>.</param>
    /// <exception cref="GraphException"><typeparamref name="TKey"/> can't be a key.</exception>
    public static ValueTable<TKey, TValue> Create<TKey, TValue>(string name, Func<TValue, TValue>? clone = null, bool transient = false, bool local = false) =>
        KeyType.Of<TKey>().Accept(new Maker<TKey, TValue>(name, clone, transient, local));

    private sealed class Maker<TKey, TValue>(string name, Func<TValue, TValue>? clone, bool transient, bool local)
        : IKeyTypeVisitor<TKey, ValueTable<TKey, TValue>>
    {
        public ValueTable<TKey, TValue> Visit<THash>()
            where THash : struct, IKeyHash<TKey> => new HashedValueTable<TKey, TValue, THash>(name, clone, transient) { IsLocal = local };
    }
}
