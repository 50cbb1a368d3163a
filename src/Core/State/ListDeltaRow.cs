namespace Millrace.State;

/// <summary>What an epoch did to one list: first emptied it, if so, then appended.</summary>
/// <param name="Key">The key.</param>
/// <param name="Hash">Its stable hash.</param>
/// <param name="Removed">Whether the items of earlier epochs are gone.</param>
/// <param name="Appended">The items appended, in order.</param>
public readonly record struct ListDeltaRow<TKey, TItem>(TKey Key, ulong Hash, bool Removed, TItem[] Appended) : IStateDeltaRow;
