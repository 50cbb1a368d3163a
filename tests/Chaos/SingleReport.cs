using System.Text.Json;
using Millrace.Chaos.Oracle;

namespace Millrace.Chaos;

/// <summary>What a run has found.</summary>
public sealed record SingleReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Victims killed.</summary>
    public required int Kills { get; init; }

    /// <summary>Of them, those with an epoch planned and not committed.</summary>
    public required int InflightAtKill { get; init; }

    /// <summary>Of them, those that ran and had not committed anything yet, after an earlier kill.</summary>
    public required int DuringRecovery { get; init; }

    /// <summary>Recoveries measured: from the start of a process, after a kill, to its first commit of an epoch with records. In ascending order.</summary>
    public required IReadOnlyList<TimeSpan> Recoveries { get; init; }

    /// <summary>How long records were fed.</summary>
    public required TimeSpan Fed { get; init; }

    /// <summary>What the oracle says.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was run.</summary>
    public required SingleOptions Options { get; init; }

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Kills,
            InflightAtKill,
            DuringRecovery,
            Verdict.Difference.Lost,
            Verdict.Difference.Duplicated,
            RecoveryMsP50 = Percentile.Ms(Recoveries, 0.50),
            RecoveryMsP99 = Percentile.Ms(Recoveries, 0.99),
            Verdict.Records,
            Options.Seed,
            Verdict.Difference.Unexpected,
            Violations = Verdict.Violations.Length,
            RecordsPerSecond = (long)(Verdict.Records / Fed.TotalSeconds),
            Journal = Options.Journal == JournalKind.Postgres ? "postgres" : "sqlite",
        },
        Json);
}
