namespace Millrace.Graphs;

/// <summary>Sees the key that a <see cref="KeyGroupSelector{T}"/> goes by, with its type.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TResult">What the visit gives.</typeparam>
public interface IRowKeyVisitor<T, out TResult>
{
    /// <param name="keyOf">The key of a row; pure.</param>
    TResult Visit<TKey>(Func<T, TKey> keyOf);
}
