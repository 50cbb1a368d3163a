namespace Millrace.State;

/// <summary>Is told of each key that appears in a table or leaves it, by undo as well.</summary>
internal interface IEntryObserver<TKey>
{
    void Added(TKey key);

    void Removed(TKey key);
}
