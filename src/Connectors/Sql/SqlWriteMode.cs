namespace Millrace.Connectors.Sql;

/// <summary>What a row does to the table.</summary>
public enum SqlWriteMode
{
    /// <summary>Every row is inserted.</summary>
    Append,

    /// <summary>A row replaces the one with the same key, or is inserted where there is none; of several in an epoch and partition the last counts.</summary>
    Upsert,
}
