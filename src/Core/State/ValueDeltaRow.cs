namespace Millrace.State;

/// <summary>An entry after an epoch.</summary>
/// <param name="Key">The key.</param>
/// <param name="Hash">Its stable hash.</param>
/// <param name="Exists">False when the entry was removed.</param>
/// <param name="Value">The value; default when removed.</param>
public readonly record struct ValueDeltaRow<TKey, TValue>(TKey Key, ulong Hash, bool Exists, TValue Value) : IStateDeltaRow;
