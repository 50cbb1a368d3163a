namespace Millrace.Data;

/// <summary>The stable hash and the equality of the keys of one type; the hash is the same in every process, for ever.</summary>
/// <remarks>
/// Immutable and free of locks: any thread may call it. Keys can be: integers, floating point numbers (−0 is +0, NaN is NaN),
/// decimal, bool, char, string, enums, Guid, the date and time types, <see cref="TextSlice"/>, tuples, nullables and arrays of
/// these, records and structs whose state is public and that equal by it (by the names of their members, in ordinal order), anonymous types, and
/// what implements <see cref="IStableKey"/>. A type with an Equals or GetHashCode of its own must do so. A null key is a key like any other. What a key's own members throw fails the operator that hashes it, by the key type's name.
/// </remarks>
public abstract class KeyType<TKey>
{
    private static KeyType<TKey>? _default;

    private protected KeyType()
    {
    }

    /// <summary>The hash of <typeparamref name="TKey"/>, resolved at the first call.</summary>
    /// <exception cref="GraphException">The type can't be a key.</exception>
    public static KeyType<TKey> Default => _default ??= KeyTypeResolver.Create<TKey>();

    /// <summary>The stable hash of a key.</summary>
    public abstract ulong Hash(TKey key);

    /// <summary>Whether two keys are one.</summary>
    public abstract bool AreEqual(TKey x, TKey y);

    /// <summary>The form of the key that may be kept: see <see cref="IKeyHash{TKey}.Own"/>.</summary>
    public abstract TKey Own(TKey key);

    /// <summary>Hashes a batch of keys with one virtual call; <paramref name="hashes"/> is at least as long as <paramref name="keys"/>.</summary>
    public abstract void HashAll(ReadOnlySpan<TKey> keys, Span<ulong> hashes);

    /// <summary>Calls the visitor with the hasher as its type argument.</summary>
    public abstract TResult Accept<TResult>(IKeyTypeVisitor<TKey, TResult> visitor);

    /// <summary>The key group of a key, from 0 to <paramref name="keyGroups"/> − 1.</summary>
    public int KeyGroupOf(TKey key, int keyGroups) => KeyType.KeyGroupOf(Hash(key), keyGroups);
}
