namespace Millrace.Data;

/// <summary>Which <see cref="ChangeKind"/>s an edge may carry.</summary>
public enum ChangeMode
{
    /// <summary>Inserts only.</summary>
    Append,

    /// <summary>Inserts, updates by key (after-images only) and deletes.</summary>
    Upsert,

    /// <summary>All kinds; an update is a pair of before- and after-image.</summary>
    Retract,
}
