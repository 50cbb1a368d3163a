namespace Millrace.Connectors.Sql;

/// <summary>The steps of a commit to a database, in order.</summary>
internal enum SqlStep
{
    Connected,
    Begun,
    WatermarkMoved,
    RowsWritten,
    Committed,
}
