using System.Globalization;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro;

/// <summary>The command line, checked.</summary>
/// <param name="Workloads">In the order given.</param>
/// <param name="Engines">In the order of the catalog, so that tables look alike.</param>
/// <param name="Runs">Measured runs per program. Default 5.</param>
/// <param name="SecondsMin">Least length of a run. Default 5 s.</param>
/// <param name="IsDurable">Whether the durable engine is measured beside the one in memory. Default false.</param>
/// <param name="Json">JSON lines instead of Markdown.</param>
internal sealed record Options(
    IReadOnlyList<Workload> Workloads, IReadOnlyList<IEngine> Engines, int Runs, double SecondsMin, bool IsDurable, bool Json)
{
    private static string WorkloadNames => string.Join(", ", Workload.All.Select(workload => workload.Name));

    private static string EngineNames => string.Join(", ", EngineCatalog.Available.Select(engine => engine.Name));

    /// <summary>What the program can be asked for.</summary>
    public static string Usage => $"""
        usage: dotnet run -c Release --project bench/Macro -- WORKLOADS [--engines NAMES] [--journal memory|sqlite] [--runs N] [--seconds S] [--json]
               dotnet run -c Release --project bench/Macro -- {Recovery.LineageRecovery.Command}
        WORKLOADS, separated by commas: {WorkloadNames}
        NAMES, separated by commas: {EngineNames}; by default all but {EngineCatalog.Durable}, which --journal sqlite adds
        N runs (5) of at least S seconds (5) each of every engine, in turn; the report gives medians and ratios
        """;

    /// <exception cref="UsageException">An argument is not what was expected.</exception>
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options([], [.. EngineCatalog.Available.Where(engine => engine.Name != EngineCatalog.Durable)], Runs: 5, SecondsMin: 5, IsDurable: false, Json: false);
        var given = new HashSet<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (!given.Add(argument)) throw new UsageException($"{argument} once", $"{argument} given twice");
            options = argument switch
            {
                "--journal" => options with { IsDurable = ParseJournal(Value(arguments, ++i, argument)) },
                "--json" => options with { Json = true },
                "--engines" => options with { Engines = ParseEngines(Value(arguments, ++i, argument)) },
                "--runs" => options with { Runs = ParseRuns(Value(arguments, ++i, argument)) },
                "--seconds" => options with { SecondsMin = ParseSeconds(Value(arguments, ++i, argument)) },
                _ when !argument.StartsWith('-') && options.Workloads.Count == 0 => options with { Workloads = ParseWorkloads(argument) },
                _ => throw new UsageException("workloads, --engines, --journal, --runs, --seconds or --json", argument),
            };
        }

        if (options.IsDurable && options.Engines.All(engine => engine.Name != EngineCatalog.Durable))
            options = options with { Engines = [.. options.Engines, EngineCatalog.Available.Single(engine => engine.Name == EngineCatalog.Durable)] };
        return options.Workloads.Count > 0 ? options : throw new UsageException($"workloads ({WorkloadNames})", "none");
    }

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

    private static bool ParseJournal(string name) => name switch
    {
        "memory" => false,
        "sqlite" => true,
        _ => throw new UsageException("--journal memory or sqlite", name),
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
