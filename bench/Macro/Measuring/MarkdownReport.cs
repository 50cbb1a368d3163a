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
        own process{Nodes(options)}, AVX-512 off in all (else `string.Contains` is bimodal per process); results checked. A ratio refers to the first line of `{EngineCatalog.Reference}` of this run{(options.HasNodes ? $", of nodes to the same program in `{EngineCatalog.InMemory}`" : "")}. Peak RSS includes the input.
        """;

    public static string Section(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder();
        var first = outcomes[0];
        text.AppendLine().AppendLine($"## {char.ToUpperInvariant(first.Workload.Name[0])}{first.Workload.Name[1..]} {first.Workload.Title}")
            .AppendLine($"Input {first.Ready.InputBytes / 1e6:0} MB, passed over repeatedly.").AppendLine()
            .AppendLine("| engine | variant | M records/s | slowest-fastest run | ratio | M records/CPU-s | B/record | peak RSS MB |")
            .AppendLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var outcome in outcomes) text.AppendLine(Row(outcome, ReferenceOf(outcome, outcomes)));
        AppendDurable(text, outcomes);
        AppendCrossing(text, outcomes);
        text.AppendLine().AppendLine("<details><summary>User programs</summary>").AppendLine();
        foreach (var outcome in outcomes.Where(outcome => !NodeHosting.IsNameOf(outcome.Engine))) AppendProgram(text, outcome);
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

    private static void AppendCrossing(StringBuilder text, IReadOnlyList<Outcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (CrossingCost.NsPerRecord(outcome, outcomes) is { } ns)
                text.AppendLine($"- {outcome.Engine} {outcome.Variant}: {outcome.CrossedPerRecord:0.00} of the records went to another process, at {ns:0} CPU-ns each.");
        }
    }

    private static string Nodes(Options options) => !options.HasNodes ? "" : options.NodeJournal == JournalKind.Postgres
        ? " or, of nodes, several, whose CPU and memory are added up (journal in PostgreSQL that syncs, whose own are not)"
        : " or, of nodes, several, whose CPU and memory are added up (journal in SQLite)";

    // What a ratio refers to.
    private static double? ReferenceOf(Outcome outcome, IReadOnlyList<Outcome> outcomes) => outcomes.FirstOrDefault(other => outcome.Workload.IsForNodes
        ? other.Engine == EngineCatalog.InMemory && other.Variant == outcome.Variant
        : other.Engine == EngineCatalog.Reference)?.RecordsPerSecond;

    private static string Row(Outcome outcome, double? reference)
    {
        var ratio = reference is { } unit ? $"{outcome.RecordsPerSecond / unit:0.00}" : "-";
        return $"| {outcome.Engine} | {outcome.Variant} | {outcome.RecordsPerSecond / 1e6:0.00} "
            + $"| {outcome.Runs.Min() / 1e6:0.00}-{outcome.Runs.Max() / 1e6:0.00} | {ratio} "
            + $"| {outcome.RecordsPerCpuSecond / 1e6:0.00} | {outcome.AllocatedBytesPerRecord:0.0} "
            + $"| {outcome.PeakRssBytes / 1e6:0} |";
    }

    private static void AppendProgram(StringBuilder text, Outcome outcome) => text
        .AppendLine($"**{outcome.Engine} {outcome.Variant}**: {outcome.RecordsPerSecond / 1e6:0.00} M records/s")
        .AppendLine("```csharp")
        .AppendLine(ProgramSource.Read(outcome.Engine, outcome.Workload.Name, outcome.Variant))
        .AppendLine("```")
        .AppendLine();
}
