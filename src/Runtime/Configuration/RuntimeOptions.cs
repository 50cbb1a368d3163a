namespace Millrace.Runtime.Configuration;

/// <summary>The <c>millrace</c> section of the configuration, read and checked. What each value means stands in <c>hocon/millrace.conf</c>.</summary>
public sealed record RuntimeOptions
{
    internal const int MaxInflightEpochsMax = 64;

    internal static TimeSpan TaskTimeoutMax { get; } = TimeSpan.FromDays(1);

    public required TimeSpan EpochInterval { get; init; }

    public required int MaxInflightEpochs { get; init; }

    public required int Parallelism { get; init; }

    public required int KeyGroups { get; init; }

    public required int TaskThreads { get; init; }

    public required TimeSpan TaskTimeout { get; init; }

    public required int MaxAttempts { get; init; }

    public required int DeadLettersMax { get; init; }

    public required int CreditBatches { get; init; }

    public required TimeSpan BatchDelayMax { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required TimeSpan GracefulTimeout { get; init; }

    public required JournalOptions Journal { get; init; }

    public required ClusterOptions Cluster { get; init; }
}
