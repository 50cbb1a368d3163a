namespace Millrace.Chaos;

/// <summary>One process, killed and started again.</summary>
public sealed record SingleOptions : ChaosOptions
{
    public SingleOptions() => RecordsPerSecond = 55_000;

    /// <summary>How often it is killed. <value>Default 20; 1 or more.</value></summary>
    public int Kills { get; init; } = 20;

    /// <inheritdoc/>
    public override string ToString() => $"{Kills} kills, a few seconds each{Limit}";
}
