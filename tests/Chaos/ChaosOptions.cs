namespace Millrace.Chaos;

/// <summary>What to run.</summary>
public abstract record ChaosOptions
{
    /// <summary>What input and faults are drawn from. <value>Default 1.</value></summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where journal and SQL sink are. <value>Default SQLite; of a cluster PostgreSQL.</value></summary>
    public JournalKind Journal { get; init; } = JournalKind.Sqlite;

    /// <summary>PostgreSQL to use. <value>Default null: a server of the run's own.</value></summary>
    public string? Postgres { get; init; }

    /// <summary>Records a second that are fed, orders and payments together.</summary>
    public int RecordsPerSecond { get; init; }

    private protected string Limit => TimeLimit is { } limit ? $", at most {limit.TotalMinutes} minutes" : "";

    /// <summary>From one batch to the next.</summary>
    internal virtual int IntervalMs => 100;

    /// <summary>The victim's program, as published. <value>Default null: as it was built.</value></summary>
    public string? Victim { get; init; }

    /// <summary>Where all files of the run go, and stay. <value>Default null: a temporary directory, deleted after a run without a fault.</value></summary>
    public string? Directory { get; init; }

    /// <summary>After how long no further fault is made, however many are left. <value>Default null: after the last one.</value></summary>
    public TimeSpan? TimeLimit { get; init; }
}
