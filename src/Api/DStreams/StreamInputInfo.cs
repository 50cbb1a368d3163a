namespace Millrace.DStreams;

/// <summary>What a batch reads of an input stream.</summary>
/// <param name="Stream">The stream's name in the plan, as <c>socketText</c>.</param>
/// <param name="NumRecords">Number of records; for file streams of bytes.</param>
public sealed record StreamInputInfo(string Stream, long NumRecords);
