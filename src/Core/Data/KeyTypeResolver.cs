namespace Millrace.Data;

/// <summary>Chooses the hasher of a key type.</summary>
internal static class KeyTypeResolver
{
    internal static KeyType<TKey> Create<TKey>() => throw new GraphException($"Key type {typeof(TKey)} is not supported.");
}
