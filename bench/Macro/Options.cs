using System.Globalization;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Workloads;
using Millrace.TestServers;

namespace Millrace.Bench.Macro;

/// <summary>The command line, checked.</summary>
/// <param name="Workloads">In the order given.</param>
/// <param name="Engines">In the order of the catalog, so that tables look alike.</param>
/// <param name="Nodes">Of workloads for nodes: the numbers of processes. Default 1, 2 and 3.</param>
/// <param name="Runs">Measured runs per program. Default 5.</param>
/// <param name="SecondsMin">Least length of a run. Default 5 s.</param>
/// <param name="Journal">Where jobs keep their journal; null: in memory, and those of nodes in PostgreSQL where it is installed, else in SQLite.</param>
/// <param name="Json">JSON lines instead of Markdown.</param>
internal sealed record Options(
    IReadOnlyList<Workload> Workloads, IReadOnlyList<IEngine> Engines, IReadOnlyList<int> Nodes, int Runs, double SecondsMin, JournalKind? Journal, bool Json)
{
    private const int NodesMax = 16;

    private static string WorkloadNames => Names(Workload.All);

    private static string NodeWorkloadNames => Names(Workload.All.Where(workload => workload.IsForNodes));

    private static string EngineNames => string.Join(", ", EngineCatalog.Available.Select(engine => engine.Name));

    /// <summary>What the program can be asked for.</summary>
    public static string Usage => $"""
        usage: dotnet run -c Release --project bench/Macro -- WORKLOADS [--engines NAMES] [--nodes COUNTS] [--journal memory|sqlite|postgresql] [--runs N] [--seconds S] [--json]
               dotnet run -c Release --project bench/Macro -- {Recovery.LineageRecovery.Command}
        WORKLOADS, separated by commas: {WorkloadNames}
        NAMES, separated by commas: {EngineNames}; by default all but {EngineCatalog.Durable}, which --journal sqlite adds
        COUNTS, separated by commas, of {NodeWorkloadNames}: these run embedded and on so many processes of a cluster (1,2,3),
          with their journal in postgresql where that is installed, else in sqlite
        N runs (5) of at least S seconds (5) each of every engine, in turn; the report gives medians and ratios
        """;

    /// <summary>Whether there is a workload for nodes.</summary>
    public bool HasNodes => Workloads.Any(workload => workload.IsForNodes);

    /// <summary>Where nodes keep their journal.</summary>
    public JournalKind NodeJournal => Journal ?? (PostgresServer.IsInstalled ? JournalKind.Postgres : JournalKind.Sqlite);

    /// <exception cref="UsageException">An argument is not what was expected.</exception>
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options(
            [], [.. EngineCatalog.Available.Where(engine => engine.Name != EngineCatalog.Durable)], Nodes: [1, 2, 3], Runs: 5, SecondsMin: 5, Journal: null, Json: false);
        var given = new HashSet<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (!given.Add(argument)) throw new UsageException($"{argument} once", $"{argument} given twice");
            options = argument switch
            {
                "--journal" => options with { Journal = ParseJournal(Value(arguments, ++i, argument)) },
                "--json" => options with { Json = true },
                "--engines" => options with { Engines = ParseEngines(Value(arguments, ++i, argument)) },
                "--nodes" => options with { Nodes = ParseNodes(Value(arguments, ++i, argument)) },
                "--runs" => options with { Runs = ParseRuns(Value(arguments, ++i, argument)) },
                "--seconds" => options with { SecondsMin = ParseSeconds(Value(arguments, ++i, argument)) },
                _ when !argument.StartsWith('-') && options.Workloads.Count == 0 => options with { Workloads = ParseWorkloads(argument) },
                _ => throw new UsageException("workloads, --engines, --nodes, --journal, --runs, --seconds or --json", argument),
            };
        }

        if (options.Workloads.Count == 0) throw new UsageException($"workloads ({WorkloadNames})", "none");
        options.CheckTogether(given);
        return options.Journal == JournalKind.Sqlite && options.Engines.All(engine => engine.Name != EngineCatalog.Durable)
            ? options with { Engines = [.. options.Engines, EngineCatalog.Find(EngineCatalog.Durable)] }
            : options;
    }

    /// <summary>What runs a workload.</summary>
    public IEnumerable<IEngine> EnginesOf(Workload workload) => workload.IsForNodes
        ? [EngineCatalog.Find(EngineCatalog.InMemory), .. Nodes.Select(nodes => new ClusterEngine(nodes))]
        : Engines;

    private void CheckTogether(HashSet<string> given)
    {
        var others = Names(Workloads.Where(workload => !workload.IsForNodes));
        if (given.Contains("--nodes") && !HasNodes) throw new UsageException($"--nodes with {NodeWorkloadNames}", others);
        if (given.Contains("--engines") && others == "") throw new UsageException($"no --engines with {NodeWorkloadNames}", "--engines");
        if (Journal == JournalKind.Memory && HasNodes) throw new UsageException($"--journal sqlite or postgresql with {NodeWorkloadNames}", "memory");
        if (Journal == JournalKind.Postgres && others != "") throw new UsageException($"--journal postgresql with {NodeWorkloadNames} only", others);
        if (Journal == JournalKind.Postgres && !PostgresServer.IsInstalled) throw new UsageException("an installed PostgreSQL for --journal postgresql", PostgresServer.Missing);
    }

    private static string Names(IEnumerable<Workload> workloads) => string.Join(", ", workloads.Select(workload => workload.Name));

    private static string Value(ReadOnlySpan<string> arguments, int index, string option) =>
        index < arguments.Length ? arguments[index] : throw new UsageException($"a value after {option}", "none");

    private static List<Workload> ParseWorkloads(string names) =>
        [.. names.Split(',').Distinct().Select(name => Workload.All.FirstOrDefault(workload => workload.Name == name)
            ?? throw new UsageException($"workload {WorkloadNames}", name))];

    private static List<IEngine> ParseEngines(string names)
    {
        var wanted = names.Split(',');
        foreach (var name in wanted)
        {
            if (EngineCatalog.Available.All(engine => engine.Name != name)) throw new UsageException($"engine {EngineNames}", name);
        }

        return [.. EngineCatalog.Available.Where(engine => wanted.Contains(engine.Name))];
    }

    private static List<int> ParseNodes(string counts) =>
        [.. counts.Split(',').Select(count => int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var nodes) && nodes is >= 1 and <= NodesMax
            ? nodes
            : throw new UsageException($"--nodes of 1 to {NodesMax}, separated by commas", counts)).Distinct().Order()];

    private static JournalKind ParseJournal(string name) => name switch
    {
        "memory" => JournalKind.Memory,
        "sqlite" => JournalKind.Sqlite,
        "postgresql" => JournalKind.Postgres,
        _ => throw new UsageException("--journal memory, sqlite or postgresql", name),
    };

    private static int ParseRuns(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs >= 1
            ? runs
            : throw new UsageException("--runs of at least 1", text);

    private static double ParseSeconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw new UsageException("--seconds above 0", text);
}
