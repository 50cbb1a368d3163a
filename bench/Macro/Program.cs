using System.Globalization;
using Millrace.Bench.Macro;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Measuring;
using Millrace.Bench.Macro.Processes;
using Millrace.Bench.Macro.Recovery;
using Millrace.TestServers;

// Exit codes: 0 measured, 1 wrong result or failed engine, 2 wrong command line.
if (args is [ChildMain.Flag, var workloadName, var engineName, var variant, var seconds])
{
    return await ChildMain.RunAsync(workloadName, engineName, variant, double.Parse(seconds, CultureInfo.InvariantCulture));
}

if (args is [ClusterEngine.NodeFlag, var number, var nodes, var seed])
{
    return await NodeMain.RunAsync(int.Parse(number, CultureInfo.InvariantCulture), int.Parse(nodes, CultureInfo.InvariantCulture), seed);
}

if (args.Any(arg => arg is "--help" or "-h"))
{
    Console.WriteLine(Options.Usage);
    return 0;
}

try
{
    if (args is [LineageRecovery.Command, .. var rest])
        return await LineageRecovery.RunAsync(rest);

    var options = Options.Parse(args);
    using var server = options is { HasNodes: true, NodeJournal: JournalKind.Postgres } ? new PostgresServer(syncs: true) : null;
    if (server is not null) Environment.SetEnvironmentVariable(NodeHosting.PostgresVariable, server.ConnectionString);
    if (!options.Json) Console.WriteLine(MarkdownReport.Head(options));

    var allRight = true;
    foreach (var workload in options.Workloads)
    {
        var outcomes = Comparison.Run(workload, options);
        if (outcomes.Count == 0) continue;

        if (!options.Json) Console.WriteLine(MarkdownReport.Section(outcomes));
        foreach (var outcome in outcomes)
        {
            if (options.Json) Console.WriteLine(JsonReport.Line(outcome, CrossingCost.NsPerRecord(outcome, outcomes)));
            if (outcome.WrongChecksum is not { } wrong) continue;

            allRight = false;
            Console.Error.WriteLine(
                $"{outcome.Engine} {workload.Name} {outcome.Variant}: wrong result, checksum {outcome.Verdict.ExpectedChecksum:x16} expected, {wrong:x16} found.");
        }
    }

    return allRight ? 0 : 1;
}
catch (UsageException usage)
{
    Console.Error.WriteLine(usage.Message);
    return 2;
}
catch (ChildFailedException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
