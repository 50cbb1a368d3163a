using System.Text.Json;

namespace Millrace.Corpus.Tests;

/// <summary>Writes results as lines of JSON to the file named by <c>MILLRACE_CORPUS_REPORT</c>, if it is set.</summary>
internal static class CorpusReport
{
    public static void Write(string corpus, string file, IEnumerable<CaseResult> results)
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_CORPUS_REPORT") is not { Length: > 0 } path)
            return;
        File.AppendAllLines(path, results.Select(result => JsonSerializer.Serialize(
            new { corpus, file, @case = result.Case, status = result.Status, reason = result.Reason })));
    }
}
