using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Millrace.Corpus.Tests.DStreams;

public sealed class DStreamCorpusTests(ITestOutputHelper output)
{
    [CorpusFact]
    public async Task Every_case_does_what_its_authors_expect()
    {
        var corpus = JsonNode.Parse(await File.ReadAllTextAsync(Corpora.PathOf("spark-streaming", "cases", "dstream.json")))!;
        var results = new List<CaseResult>();
        foreach (var test in corpus["cases"]!.AsArray())
            results.Add(await DStreamCases.RunAsync(test!.AsObject()));

        CorpusReport.Write("spark-streaming", "dstream.json", results);
        foreach (var result in results.Where(result => result.Status != "passed"))
            output.WriteLine($"{result.Status}: {result.Case}: {result.Reason}");
        output.WriteLine($"{results.Count(result => result.Status == "passed")} of {results.Count} passed");
        Assert.Contains(results, result => result.Status == "passed");
        Assert.All(results, result => Assert.Equal("passed", result.Status));
    }
}
