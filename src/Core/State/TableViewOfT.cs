using System.Diagnostics.CodeAnalysis;

namespace Millrace.State;

/// <inheritdoc/>
/// <param name="ownerType">Of the key by whose group an entry is found.</param>
/// <param name="ownerHash">Its hash; holds on to no table.</param>
internal abstract class TableView<TKey, TValue>(Type ownerType, Func<TKey, ulong> ownerHash) : TableView
{
    /// <inheritdoc/>
    public sealed override Type KeyType => typeof(TKey);

    /// <inheritdoc/>
    public sealed override Type ValueType => typeof(TValue);

    public Type OwnerType { get; } = ownerType;

    public Func<TKey, ulong> OwnerHash { get; } = ownerHash;

    /// <summary>The value of a key at the end of an epoch, not older than the last committed one.</summary>
    public abstract bool TryGet(TKey key, long epoch, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Adds entries as of the end of an epoch, in order of their positions, which last as long as the table does.</summary>
    /// <param name="epoch">Not older than the last committed one.</param>
    /// <param name="from">Of which position on; 0: from the first.</param>
    /// <param name="max">About how many; those of one position come together.</param>
    /// <param name="entries">Where they go.</param>
    /// <returns>Where others begin; null: there are none.</returns>
    public abstract uint? Read(long epoch, uint from, int max, List<(uint Position, TKey Key, TValue Value)> entries);

    /// <inheritdoc/>
    public sealed override TResult Accept<TResult>(ITableViewVisitor<TResult> visitor) => visitor.Visit(this);
}
