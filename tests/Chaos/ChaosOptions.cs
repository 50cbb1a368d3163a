namespace Millrace.Chaos;

/// <summary>What to run.</summary>
public sealed record ChaosOptions
{
    /// <summary>How often the victim is killed. <value>Default 20; 1 or more.</value></summary>
    public int Kills { get; init; } = 20;

    /// <summary>After how long the last victim is started, however many kills are left. <value>Default null: after the last kill.</value></summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What input and kills are drawn from. <value>Default 1.</value></summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where journal and SQL sink are. <value>Default SQLite.</value></summary>
    public JournalKind Journal { get; init; } = JournalKind.Sqlite;

    /// <summary>PostgreSQL to use. <value>Default null: a server of the run's own.</value></summary>
    public string? Postgres { get; init; }

    /// <summary>Records a second that are fed, orders and payments together. <value>Default 55,000.</value></summary>
    public int RecordsPerSecond { get; init; } = 55_000;

    /// <summary>The victim's program, as published. <value>Default null: as it was built.</value></summary>
    public string? Victim { get; init; }

    /// <summary>Where all files of the run go, and stay. <value>Default null: a temporary directory, deleted after a run without a fault.</value></summary>
    public string? Directory { get; init; }
}
