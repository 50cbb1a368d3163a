using System.Data.Common;
using Millrace.Connectors.Sql;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>A database as the tests see it from outside.</summary>
public abstract class SqlOutside
{
    public abstract SqlDatabase Database { get; }

    public void Execute(string text)
    {
        using var connection = Database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    /// <summary>The rows as lines, values joined by <c>|</c>.</summary>
    public string[] Query(string text)
    {
        using var connection = Database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(Line(reader));
        return [.. rows];
    }

    private static string Line(DbDataReader reader) => string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) switch
    {
        DBNull => "null",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
        true => "1",
        false => "0",
        var value => FormattableString.Invariant($"{value}"),
    }));
}
