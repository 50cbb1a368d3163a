namespace Millrace.Runtime.State;

/// <summary>The part of a table that one partition holds.</summary>
/// <param name="Place">Which.</param>
/// <param name="KeyType">The name of its keys' type.</param>
/// <param name="ValueType">The name of its values' type.</param>
/// <param name="IsLocal">Whether it belongs to the partition.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="Epoch">At the end of which epoch.</param>
internal readonly record struct TableCount(TablePlace Place, string KeyType, string ValueType, bool IsLocal, long Count, long Epoch);
