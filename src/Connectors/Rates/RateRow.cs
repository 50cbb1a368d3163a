namespace Millrace.Connectors.Rates;

/// <summary>A row of a <see cref="RateSource"/>.</summary>
/// <param name="TimestampMs">Its moment, in ms since 1970.</param>
/// <param name="Value">Its number, from 0.</param>
public readonly record struct RateRow(long TimestampMs, long Value);
