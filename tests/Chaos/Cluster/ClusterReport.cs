using System.Text.Json;
using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Cluster;

/// <summary>What a run has found.</summary>
public sealed record ClusterReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DictionaryKeyPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>By kind of fault.</summary>
    public required IReadOnlyList<FaultReport> Faults { get; init; }

    /// <summary>Faults with an epoch planned and not committed.</summary>
    public required int InflightAtFault { get; init; }

    /// <summary>How long records were fed.</summary>
    public required TimeSpan Fed { get; init; }

    /// <summary>What the oracle says.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was run.</summary>
    public required ClusterOptions Options { get; init; }

    /// <summary>One line.</summary>
    public string ToJson()
    {
        TimeSpan[] all = [.. Faults.SelectMany(fault => fault.Recoveries).Order()];
        return JsonSerializer.Serialize(
            new
            {
                Kills = all.Length,
                InflightAtKill = InflightAtFault,
                Verdict.Difference.Lost,
                Verdict.Difference.Duplicated,
                RecoveryMsP50 = Percentile.Ms(all, 0.50),
                RecoveryMsP99 = Percentile.Ms(all, 0.99),
                Verdict.Records,
                Options.Seed,
                Verdict.Difference.Unexpected,
                Violations = Verdict.Violations.Length,
                RecordsPerSecond = (long)(Verdict.Records / Fed.TotalSeconds),
                Options.Nodes,
                Journal = Options.Journal == JournalKind.Postgres ? "postgres" : "sqlite",
                Faults = Faults.ToDictionary(
                    fault => JsonNamingPolicy.CamelCase.ConvertName(fault.Kind.ToString()),
                    fault => new
                    {
                        fault.Recoveries.Count,
                        RecoveryMsP50 = Percentile.Ms(fault.Recoveries, 0.50),
                        RecoveryMsP99 = Percentile.Ms(fault.Recoveries, 0.99),
                        RecoveryMsMax = Percentile.Ms(fault.Recoveries, 1),
                    }),
            },
            Json);
    }
}
