namespace Millrace.Data;

/// <summary>Finds the hash of a key type.</summary>
public static class KeyType
{
    /// <summary>The hash of <typeparamref name="TKey"/>, resolved once per type.</summary>
    /// <exception cref="GraphException">The type can't be a key.</exception>
    public static KeyType<TKey> Of<TKey>() => KeyType<TKey>.Default;

    /// <summary>The key group of a hash: from its high half, since tables take their slots from the low half.</summary>
    public static int KeyGroupOf(ulong hash, int keyGroups) => (int)((uint)(hash >> 32) % (uint)keyGroups);
}
