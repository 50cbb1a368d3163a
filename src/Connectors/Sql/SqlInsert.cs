using System.Data.Common;
using System.Text;

namespace Millrace.Connectors.Sql;

/// <summary>Prepared statements that insert many rows at once; values are bound, never part of the text. Belongs to one connection.</summary>
internal sealed class SqlInsert<T> : IDisposable
{
    // Why few sizes: a statement is prepared once for each, and what is left of an epoch takes a few more calls.
    // 64 rows of as many columns as a table may have stay within the 32,766 parameters that SQLite takes.
    private static readonly int[] Sizes = [64, 8, 1];

    private readonly SqlDatabase _database;
    private readonly SqlTable<T> _table;
    private readonly DbConnection _connection;
    private readonly DbCommand?[] _commands = new DbCommand?[Sizes.Length];

    public SqlInsert(SqlDatabase database, SqlTable<T> table, DbConnection connection)
    {
        (_database, _table, _connection) = (database, table, connection);
        Check();
    }

    public void Write(List<object[]> rows, DbTransaction transaction)
    {
        var next = 0;
        for (var size = 0; size < Sizes.Length; size++)
        {
            for (; rows.Count - next >= Sizes[size]; next += Sizes[size])
                Write(rows, next, size, transaction);
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands)
            command?.Dispose();
    }

    private void Write(List<object[]> rows, int first, int size, DbTransaction transaction)
    {
        var command = Command(size);
        command.Transaction = transaction;
        var parameter = 0;
        for (var row = first; row < first + Sizes[size]; row++)
        {
            foreach (var value in rows[row])
                command.Parameters[parameter++].Value = value;
        }

        command.ExecuteNonQuery();
    }

    // Why explain: only planning looks for the unique index of the keys, and it should not take a row to miss it.
    private void Check()
    {
        using var command = Command("EXPLAIN ", rows: 1);
        command.ExecuteNonQuery();
    }

    private DbCommand Command(int size)
    {
        if (_commands[size] is { } prepared)
            return prepared;
        var command = _commands[size] = Command("", Sizes[size]);
        command.Prepare();
        return command;
    }

    private DbCommand Command(string prefix, int rows)
    {
        var command = _connection.CreateCommand();
        command.CommandText = prefix + Text(rows);
        for (var parameter = 0; parameter < rows * _table.Columns.Length; parameter++)
            _database.AddParameter(command, $"@p{parameter}", _table.Columns[parameter % _table.Columns.Length].Type).Value = DBNull.Value;
        return command;
    }

    private string Text(int rows)
    {
        var columns = _table.Columns;
        var text = new StringBuilder();
        text.Append($"INSERT INTO {SqlDatabase.Quote(_table.Name)} ({string.Join(", ", columns.Select(column => SqlDatabase.Quote(column.Name)))}) VALUES ");
        for (var row = 0; row < rows; row++)
        {
            var first = row * columns.Length;
            text.Append(row == 0 ? "(" : ", (").AppendJoin(", ", Enumerable.Range(first, columns.Length).Select(parameter => $"@p{parameter}")).Append(')');
        }

        if (_table.Mode == SqlWriteMode.Append)
            return text.ToString();
        var keys = columns.Where(column => column.IsKey).Select(column => SqlDatabase.Quote(column.Name));
        var values = columns.Where(column => !column.IsKey).Select(column => SqlDatabase.Quote(column.Name)).Select(name => $"{name} = excluded.{name}").ToArray();
        text.Append($" ON CONFLICT ({string.Join(", ", keys)}) DO ").Append(values.Length == 0 ? "NOTHING" : $"UPDATE SET {string.Join(", ", values)}");
        return text.ToString();
    }
}
