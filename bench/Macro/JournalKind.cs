namespace Millrace.Bench.Macro;

/// <summary>Where a job keeps its journal.</summary>
internal enum JournalKind
{
    /// <summary>In memory: it ends with its process.</summary>
    Memory,

    /// <summary>In a file of SQLite in the directory of the run.</summary>
    Sqlite,

    /// <summary>In a server of PostgreSQL that the program starts, and whose commits wait for the disk.</summary>
    Postgres,
}
