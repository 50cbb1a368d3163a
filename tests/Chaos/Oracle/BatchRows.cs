namespace Millrace.Chaos.Oracle;

/// <summary>What a batch has to bring to the tables.</summary>
internal sealed record BatchRows(Multiset<OutputRow> Totals, Multiset<OutputRow> Windows, Multiset<OutputRow> Joined);
