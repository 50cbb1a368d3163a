namespace Millrace.State;

/// <summary>A field of a map after an epoch.</summary>
/// <param name="Key">The key of the map.</param>
/// <param name="Hash">The stable hash of <paramref name="Key"/>.</param>
/// <param name="Field">The field.</param>
/// <param name="Exists">False when the field was removed.</param>
/// <param name="Item">The item; default when removed.</param>
public readonly record struct MapDeltaRow<TKey, TField, TItem>(TKey Key, ulong Hash, TField Field, bool Exists, TItem Item) : IStateDeltaRow;
