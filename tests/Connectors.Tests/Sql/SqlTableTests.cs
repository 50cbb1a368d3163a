using Millrace.Connectors.Sql;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sql;

public sealed class SqlTableTests
{
    private static readonly SqlColumn<int> Column = new("n", SqlType.Integer, row => row);

    [Fact]
    public void Tables_that_work_nowhere_are_refused_at_once()
    {
        Refused(new() { Name = "", Columns = [Column] });
        Refused(new() { Name = "t", Columns = [] });
        Refused(new() { Name = "t", Columns = [Column, Column] });
        Refused(new() { Name = "t", Columns = [Column], Mode = SqlWriteMode.Upsert });
        Refused(new() { Name = "t", Columns = [Column with { IsKey = true }] });
        Refused(new() { Name = "t", Columns = [Column with { IsKey = true, Type = SqlType.Bytes }], Mode = SqlWriteMode.Upsert });
        Refused(new() { Name = "t", Columns = [Column with { Name = "a\0b" }] });
        Refused(new() { Name = "t", Columns = [Column with { Type = (SqlType)99 }] });
    }

    private static void Refused(SqlTable<int> table)
    {
        var error = Assert.Throws<GraphException>(() => new SqlTableSink<int>(SqlDatabase.Sqlite("test.db"), table));
        Assert.DoesNotContain('\n', error.Message);
    }
}
