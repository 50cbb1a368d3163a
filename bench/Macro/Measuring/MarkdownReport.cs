using System.Text;
using Millrace.Bench.Macro.Engines;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>Tables and user programs, fit to be committed under bench/results.</summary>
internal static class MarkdownReport
{
    public static string Head(Options options) =>
        $"""
        # Macro benchmark
        {Machine.Describe()}

        Median of {options.Runs} runs of at least {options.SecondsMin} s after two warm-up passes or more; engines in turn, each program in its
        own process, AVX-512 off in all (else `string.Contains` is bimodal per process); results checked. A ratio refers to the first line of `{EngineCatalog.Reference}` of this run. Peak RSS includes the input.
        """;

    public static string Section(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder();
        var first = outcomes[0];
        var reference = outcomes.FirstOrDefault(outcome => outcome.Engine == EngineCatalog.Reference)?.RecordsPerSecond;
        text.AppendLine().AppendLine($"## {char.ToUpperInvariant(first.Workload.Name[0])}{first.Workload.Name[1..]} {first.Workload.Title}")
            .AppendLine($"Input {first.Ready.InputBytes / 1e6:0} MB, passed over repeatedly.").AppendLine()
            .AppendLine("| engine | variant | M records/s | slowest-fastest run | ratio | M records/CPU-s | B/record | peak RSS MB |")
            .AppendLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var outcome in outcomes) text.AppendLine(Row(outcome, reference));
        AppendDurable(text, outcomes);
        text.AppendLine().AppendLine("<details><summary>User programs</summary>").AppendLine();
        foreach (var outcome in outcomes) AppendProgram(text, outcome);
        return text.Append("</details>").ToString();
    }

    // What durable epochs leave of the same program's rate.
    private static void AppendDurable(StringBuilder text, IReadOnlyList<Outcome> outcomes)
    {
        foreach (var durable in outcomes.Where(outcome => outcome.Engine == EngineCatalog.Durable))
        {
            var same = outcomes.FirstOrDefault(outcome => outcome.Engine == EngineCatalog.InMemory && outcome.Variant == durable.Variant);
            if (same is not null)
                text.AppendLine().Append($"- {durable.Engine} {durable.Variant}: {durable.RecordsPerSecond / same.RecordsPerSecond:0.00} of {same.Engine}.");
        }

        text.AppendLine();
    }

    private static string Row(Outcome outcome, double? reference)
    {
        var ratio = reference is { } unit ? $"{outcome.RecordsPerSecond / unit:0.00}" : "-";
        return $"| {outcome.Engine} | {outcome.Variant} | {outcome.RecordsPerSecond / 1e6:0.00} "
            + $"| {outcome.Runs.Min() / 1e6:0.00}-{outcome.Runs.Max() / 1e6:0.00} | {ratio} "
            + $"| {outcome.RecordsPerCpuSecond / 1e6:0.00} | {outcome.AllocatedBytesPerRecord:0.0} "
            + $"| {outcome.Verdict.PeakRssBytes / 1e6:0} |";
    }

    private static void AppendProgram(StringBuilder text, Outcome outcome) => text
        .AppendLine($"**{outcome.Engine} {outcome.Variant}**: {outcome.RecordsPerSecond / 1e6:0.00} M records/s")
        .AppendLine("```csharp")
        .AppendLine(ProgramSource.Read(outcome.Engine, outcome.Workload.Name, outcome.Variant))
        .AppendLine("```")
        .AppendLine();
}
