namespace Millrace.Connectors.Tests.Sql;

/// <summary>A row for the tests.</summary>
public sealed record WordCount(string? Word, long Count);
