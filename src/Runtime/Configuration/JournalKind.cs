namespace Millrace.Runtime.Configuration;

/// <summary>The database of a durable journal.</summary>
public enum JournalKind
{
    /// <summary>A file of this machine; nothing to install.</summary>
    Sqlite,

    /// <summary>A server that several machines may share.</summary>
    PostgreSql,
}
