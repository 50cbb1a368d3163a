using System.Data.Common;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>One connection of a writer, with the tables looked at and the statements prepared. Dropped after any error.</summary>
internal sealed class SqlSession<T> : IDisposable
{
    private readonly SqlDatabase _database;
    private readonly SqlTable<T> _table;
    private readonly SqlWatermark _watermark;
    private readonly DbConnection _connection;
    private readonly SqlInsert<T> _insert;

    /// <exception cref="JobFailedException">The table or a column is missing or of another type.</exception>
    public SqlSession(SqlDatabase database, SqlTable<T> table, SqlWatermark watermark)
    {
        (_database, _table, _watermark) = (database, table, watermark);
        _connection = database.Connect();
        try
        {
            Create();
            Check();
            _insert = new SqlInsert<T>(database, table, _connection);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public long? ReadWatermark() => _watermark.Read(_connection, null);

    /// <summary>Rows and watermark in one transaction: null, or the epoch found where it is another than <paramref name="previous"/>.</summary>
    public long? Write(List<object[]> rows, long previous, long epoch, Action<SqlStep>? afterStep)
    {
        using var transaction = _connection.BeginTransaction();
        afterStep?.Invoke(SqlStep.Begun);
        if (!_watermark.TryMove(_connection, transaction, previous, epoch))
            return _watermark.Read(_connection, transaction);
        afterStep?.Invoke(SqlStep.WatermarkMoved);
        if (_table.Mode != SqlWriteMode.Append || !_database.TryCopy(_connection, _table.Name, [.. _table.Columns.Select(column => (column.Name, column.Type))], rows))
            _insert.Write(rows, transaction);
        afterStep?.Invoke(SqlStep.RowsWritten);
        transaction.Commit();
        afterStep?.Invoke(SqlStep.Committed);
        return null;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Create()
    {
        var creates = new List<string>();
        var isFirst = _database.ReadColumns(_connection, SqlWatermark.Table).Count == 0;
        if (isFirst)
            creates.Add(_watermark.CreationText);
        if (_table.CreateIfMissing && _database.ReadColumns(_connection, _table.Name).Count == 0)
        {
            // Why: what was written to it is gone, and nobody would write it again.
            if (!isFirst && _watermark.ReadLast(_connection) is > 0 and var epoch)
                throw new JobFailedException($"Table {_table.Name} expected in {_database.Description}, since this job has written to it up to epoch {epoch}, none found; restore it, or delete the job's rows of {SqlWatermark.Table} and begin with an empty checkpoint directory.");
            creates.Add(CreationText());
        }

        if (creates.Count == 0)
            return;
        using var transaction = _connection.BeginTransaction();
        _database.LockForCreation(_connection, transaction);
        foreach (var create in creates)
        {
            using var command = _connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = create;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private string CreationText()
    {
        var columns = _table.Columns.Select(column => $"{SqlDatabase.Quote(column.Name)} {_database.NameOf(column.Type)}{(column.IsKey ? " NOT NULL" : "")}").ToList();
        var keys = _table.Columns.Where(column => column.IsKey).Select(column => SqlDatabase.Quote(column.Name)).ToArray();
        if (keys.Length > 0)
            columns.Add($"PRIMARY KEY ({string.Join(", ", keys)})");
        return $"CREATE TABLE IF NOT EXISTS {SqlDatabase.Quote(_table.Name)} ({string.Join(", ", columns)})";
    }

    private void Check()
    {
        var found = _database.ReadColumns(_connection, _table.Name);
        if (found.Count == 0)
            throw new JobFailedException($"Table {_table.Name} expected in {_database.Description}, none found; create it or set CreateIfMissing.");
        foreach (var column in _table.Columns)
        {
            if (!found.TryGetValue(column.Name, out var declared))
                throw new JobFailedException($"Table {_table.Name} in {_database.Description}: column {column.Name} expected, {string.Join(", ", found.Keys.Take(20))} found; correct the name or add the column.");
            if (!_database.Holds(declared, column.Type))
                throw new JobFailedException($"Table {_table.Name} in {_database.Description}, column {column.Name}: {_database.NameOf(column.Type)} expected for {column.Type}, {declared} found; correct one of them.");
        }
    }
}
