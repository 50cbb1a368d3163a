namespace Millrace.Data;

/// <summary>Receives the hasher of a key type as a type argument, so that code can be specialised on it.</summary>
/// <remarks>Called by <see cref="KeyType{TKey}.Accept{TResult}"/> on the caller's thread, while a table or gate is built.</remarks>
public interface IKeyTypeVisitor<TKey, out TResult>
{
    /// <summary>Builds the result for the given hasher.</summary>
    TResult Visit<THash>()
        where THash : struct, IKeyHash<TKey>;
}
