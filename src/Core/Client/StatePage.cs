using Millrace.Data;

namespace Millrace.Client;

/// <summary>Some of the entries of a table, all of one partition.</summary>
/// <param name="Entries">They.</param>
/// <param name="Epoch">At the end of which epoch they were so; 0: before the first.</param>
/// <param name="Next">Where the next page begins; null: this is the last.</param>
public sealed record StatePage<TKey, TValue>(IReadOnlyList<(TKey Key, TValue Value)> Entries, Epoch Epoch, string? Next);
