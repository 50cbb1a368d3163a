using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>Writes rows to a table of SQLite or PostgreSQL, each exactly once.</summary>
/// <remarks>
/// <para>The rows of an epoch and partition are written in one transaction with the epoch's number, which stands in the table
/// <c>millrace_watermarks(job, operator, partition, epoch)</c> of the same database, made on first use. The transaction holds only where that
/// number is still the epoch before, so neither a repetition nor a writer that has lost its task writes anything twice.</para>
/// <para>To start a job of the same name over, delete its rows there and what it wrote. A job keeps its place as long as its name and the
/// sink's operator id stay the same.</para>
/// <para>Where the database is locked, full or out of reach, commits wait for it. The job fails, with one line that names table and column,
/// where the table or a column is missing or of another type, a key is NULL or has no unique index, or the database refuses a row.</para>
/// <para>Upsert compares keys as .NET does and wants the database to do the same: no case-insensitive collations.</para>
/// </remarks>
public sealed class SqlTableSink<T> : ISink<T>
{
    private readonly SqlDatabase _database;
    private readonly SqlTable<T> _table;

    /// <param name="database">Where the table is.</param>
    /// <param name="table">The table, its columns and what a row does to it.</param>
    /// <exception cref="GraphException">The description of the table can't work on any database.</exception>
    public SqlTableSink(SqlDatabase database, SqlTable<T> table)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(table);
        table.Validate();
        (_database, _table) = (database, table);
    }

    /// <inheritdoc/>
    public string Description => $"table {_table.Name} in {_database.Description}";

    /// <inheritdoc/>
    public SinkCapability Capability => SinkCapability.Transactional;

    /// <summary>Called after each step of a commit, on the thread that does it; what it throws stands for a failure there. For tests.</summary>
    internal Action<SqlStep>? AfterStep { get; init; }

    /// <inheritdoc/>
    public ISinkWriter<T> Open(SinkContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new SqlTableWriter<T>(_database, _table, context, AfterStep);
    }
}
