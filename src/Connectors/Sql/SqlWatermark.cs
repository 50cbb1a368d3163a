using System.Data.Common;

namespace Millrace.Connectors.Sql;

/// <summary>The epoch that a database holds of one partition: a row of <c>millrace_watermarks</c>.</summary>
internal sealed class SqlWatermark(SqlDatabase database, SinkContext context)
{
    public const string Table = "millrace_watermarks";

    private const string Where = """ WHERE "job" = @job AND "operator" = @operator AND "partition" = @partition""";

    public string CreationText { get; } =
        $"""CREATE TABLE IF NOT EXISTS "{Table}" ("job" {database.NameOf(SqlType.Text)} NOT NULL, "operator" {database.NameOf(SqlType.Text)} NOT NULL, "partition" {database.NameOf(SqlType.Integer)} NOT NULL, "epoch" {database.NameOf(SqlType.Integer)} NOT NULL, PRIMARY KEY ("job", "operator", "partition"))""";

    /// <summary>0 where there is no row.</summary>
    public long Read(DbConnection connection, DbTransaction? transaction)
    {
        using var command = Command(connection, transaction, $"""SELECT "epoch" FROM "{Table}"{Where}""");
        return command.ExecuteScalar() is long epoch ? epoch : 0;
    }

    /// <summary>The last epoch of any partition of the sink; 0 where there is none.</summary>
    public long ReadLast(DbConnection connection)
    {
        using var command = Command(connection, null, $"""SELECT MAX("epoch") FROM "{Table}" WHERE "job" = @job AND "operator" = @operator""");
        return command.ExecuteScalar() is long epoch ? epoch : 0;
    }

    /// <summary>Moves it from one epoch to the other, or changes nothing; until the transaction ends, others that try to move it wait.</summary>
    public bool TryMove(DbConnection connection, DbTransaction transaction, long previous, long epoch)
    {
        using var update = Command(connection, transaction, $"""UPDATE "{Table}" SET "epoch" = @epoch{Where} AND "epoch" = @previous""");
        Add(update, "@epoch", epoch);
        Add(update, "@previous", previous);
        if (update.ExecuteNonQuery() == 1)
            return true;
        if (previous != 0)
            return false;
        using var insert = Command(connection, transaction, $"""INSERT INTO "{Table}" ("job", "operator", "partition", "epoch") VALUES (@job, @operator, @partition, @epoch) ON CONFLICT DO NOTHING""");
        Add(insert, "@epoch", epoch);
        return insert.ExecuteNonQuery() == 1;
    }

    private DbCommand Command(DbConnection connection, DbTransaction? transaction, string text)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        database.AddParameter(command, "@job", SqlType.Text).Value = context.Job.Name;
        database.AddParameter(command, "@operator", SqlType.Text).Value = context.Operator.Name;
        Add(command, "@partition", context.Partition.Number);
        return command;
    }

    private void Add(DbCommand command, string name, long value) => database.AddParameter(command, name, SqlType.Integer).Value = value;
}
