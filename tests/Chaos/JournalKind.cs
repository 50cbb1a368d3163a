namespace Millrace.Chaos;

/// <summary>Where the victim keeps its journal, and where its SQL sink writes.</summary>
public enum JournalKind
{
    /// <summary>Files of SQLite, one for each.</summary>
    Sqlite,

    /// <summary>A database of PostgreSQL for both.</summary>
    Postgres,
}
