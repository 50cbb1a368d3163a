namespace Millrace.Runtime.Configuration;

/// <summary>Which database keeps the journal.</summary>
public enum JournalKind
{
    /// <summary>A file in the job's checkpoint directory, of this machine only; nothing to install.</summary>
    Sqlite,

    /// <summary>A server that processes on several machines share.</summary>
    PostgreSql,
}
