namespace Millrace.Corpus.Tests;

/// <summary>What became of a case.</summary>
/// <param name="Case">Its id.</param>
/// <param name="Status"><c>passed</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="Reason">Why it did not pass; empty for one that did.</param>
internal sealed record CaseResult(string Case, string Status, string Reason);
