using Millrace.Connectors.Sql;
using Millrace.Connectors.Tests.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sql;

public sealed class SqliteTableSinkTests(SqliteOutside outside) : SqlTableSinkTests(outside), IClassFixture<SqliteOutside>
{
    private readonly SqliteOutside _outside = outside;

    [Fact]
    public async Task Database_that_stays_locked_leaves_the_outcome_unknown()
    {
        var table = new SqlTable<WordCount> { Name = "locked", Columns = [.. Columns], CreateIfMissing = true };
        using var harness = new SinkHarness<WordCount>(new SqlTableSink<WordCount>(_outside.Impatient, table));
        var writer = harness.Open();
        writer.ReadWatermark();
        SinkHarness<WordCount>.Stage(writer, 1, new WordCount("a", 1));
        using (var other = _outside.Database.Connect())
        using (other.BeginTransaction())
            Assert.Equal(SinkOutcome.Unknown, (await harness.Commit(writer, 0, 1)).Outcome);

        Assert.Equal((SinkOutcome.Applied, 1), await harness.Commit(writer, 0, 1));
        Assert.Equal(["a|1"], _outside.Query("SELECT * FROM locked"));
    }

    [Fact]
    public void Databases_that_do_not_last_are_refused()
    {
        Assert.Throws<GraphException>(() => SqlDatabase.Sqlite(":memory:"));
        Assert.Throws<GraphException>(() => SqlDatabase.Sqlite(" "));
    }

    [Theory]
    [InlineData("BIGINT", SqlType.Integer, true)]
    [InlineData("VARCHAR(10)", SqlType.Text, true)]
    [InlineData("", SqlType.Bytes, true)]
    [InlineData("NUMERIC", SqlType.Double, true)]
    [InlineData("NUMERIC", SqlType.Decimal, false)]
    [InlineData("INTEGER", SqlType.Text, false)]
    [InlineData("TEXT", SqlType.Integer, false)]
    [InlineData("REAL", SqlType.Integer, false)]
    public void Columns_hold_what_their_affinity_leaves_unchanged(string declared, SqlType type, bool holds) =>
        Assert.Equal(holds, _outside.Database.Holds(declared, type));
}
