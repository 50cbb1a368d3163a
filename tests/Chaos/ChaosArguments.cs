using System.Collections.Immutable;
using System.Globalization;
using Millrace.Chaos.Cluster;

namespace Millrace.Chaos;

/// <summary>Reads the console's arguments.</summary>
internal static class ChaosArguments
{
    private const int KillsOfCluster = 10;

    public const string Usage =
        """
        usage: single  [--kills N] …                                          one process is killed N times
               cluster [--nodes N] [--kills N] [--faults KIND,KIND,…] …       each fault is made N times, on several nodes; kinds: kill, stop, coordinator, partition, db, slow
        and for both   [--minutes N] [--seed N] [--journal sqlite|postgres] [--postgres CONNECTION] [--rate RECORDS_PER_SECOND] [--victim DLL] [--directory PATH]
        """;

    /// <param name="args">All of them.</param>
    /// <param name="wrong">The first that makes no sense: unknown, there twice, or with a value that can't be.</param>
    /// <returns>Null where there is one.</returns>
    public static ChaosOptions? Read(string[] args, out string wrong)
    {
        wrong = string.Join(' ', args);
        ChaosOptions? options = args switch
        {
            ["single", ..] => new SingleOptions(),
            ["cluster", ..] => new ClusterOptions(),
            _ => null,
        };
        if (options is null)
            return null;
        var (kills, kinds) = ((int?)null, (string?)null);
        for (var index = 1; index < args.Length; index += 2)
        {
            wrong = string.Join(' ', args.Skip(index).Take(2));
            if (index + 1 == args.Length || Array.IndexOf(args, args[index]) < index)
                return null;
            var (name, value) = (args[index], args[index + 1]);
            switch (name)
            {
                case "--kills" when Number(value) is > 0 and var number:
                    kills = number;
                    break;
                case "--faults" when options is ClusterOptions:
                    kinds = value;
                    break;
                case var _ when Read(options, name, value) is { } read:
                    options = read;
                    break;
                default:
                    return null;
            }
        }

        wrong = $"--faults {kinds}";
        return options switch
        {
            SingleOptions single => single with { Kills = kills ?? single.Kills },
            ClusterOptions cluster when kills is null && kinds is null => cluster,
            ClusterOptions cluster when KindsOf(kinds ?? "kill") is { } wanted => cluster with { Faults = wanted.ToImmutableSortedDictionary(kind => kind, _ => kills ?? KillsOfCluster) },
            _ => null,
        };
    }

    private static ChaosOptions? Read(ChaosOptions options, string name, string value) => name switch
    {
        "--minutes" when Number(value) is > 0 and var minutes => options with { TimeLimit = TimeSpan.FromMinutes(minutes) },
        "--seed" when Number(value) is { } seed => options with { Seed = seed },
        "--rate" when Number(value) is > 0 and var rate => options with { RecordsPerSecond = rate },
        "--journal" when value == "sqlite" => options with { Journal = JournalKind.Sqlite },
        "--journal" when value == "postgres" => options with { Journal = JournalKind.Postgres },
        "--postgres" => options with { Postgres = value, Journal = JournalKind.Postgres },
        "--victim" when File.Exists(value) => options with { Victim = value },
        "--directory" => options with { Directory = value },
        "--nodes" when options is ClusterOptions cluster && Number(value) is >= 2 and <= 9 and var nodes => cluster with { Nodes = nodes },
        _ => null,
    };

    private static FaultKind[]? KindsOf(string text)
    {
        var kinds = new List<FaultKind>();
        foreach (var name in text.Split(','))
        {
            if (!Enum.TryParse<FaultKind>(name, ignoreCase: true, out var kind) || int.TryParse(name, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) || kinds.Contains(kind))
                return null;
            kinds.Add(kind);
        }

        return [.. kinds];
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
