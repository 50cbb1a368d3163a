namespace Millrace.State;

/// <summary>Receives what one epoch did to each entry it touched.</summary>
internal interface IChangeVisitor<TKey, TValue>
{
    void Visit(in ValueChange<TKey, TValue> change);
}
