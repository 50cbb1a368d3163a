namespace Millrace.State;

/// <summary>Sees a view of a table with its types.</summary>
internal interface ITableViewVisitor<out TResult>
{
    TResult Visit<TKey, TValue>(TableView<TKey, TValue> view);
}
