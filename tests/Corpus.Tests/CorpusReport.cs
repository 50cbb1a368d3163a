using System.Text.Json;

namespace Millrace.Corpus.Tests;

/// <summary>Writes results as lines of JSON to the file named by <c>MILLRACE_CORPUS_REPORT</c>, if it is set; those of an earlier run of the same file go.</summary>
internal static class CorpusReport
{
    public static void Write(string corpus, string file, IEnumerable<CaseResult> results)
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_CORPUS_REPORT") is not { Length: > 0 } path)
            return;
        var lines = results.Select(result => JsonSerializer.Serialize(
            new { corpus, file, @case = result.Case, status = result.Status, reason = result.Reason }));
        var same = $"{{\"corpus\":\"{corpus}\",\"file\":\"{file}\",";
        var others = File.Exists(path) ? File.ReadAllLines(path).Where(line => !line.StartsWith(same, StringComparison.Ordinal)) : [];
        File.WriteAllLines(path, [.. others, .. lines]);
    }
}
