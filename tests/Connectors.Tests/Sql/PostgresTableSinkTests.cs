using Millrace.Connectors.Sql;
using Millrace.Connectors.Tests.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sql;

public sealed class PostgresTableSinkTests(PostgresOutside outside) : SqlTableSinkTests(outside), IClassFixture<PostgresOutside>
{
    private readonly PostgresOutside _outside = outside;

    [SkippableFact]
    public async Task Restart_of_the_server_delays_the_commit()
    {
        using var harness = Appending();
        var writer = harness.Open();
        await harness.Deliver(writer, 0, 1, new WordCount("a", 1));

        _outside.Restart();
        await harness.Deliver(writer, 1, 2, new WordCount("b", 2));

        Assert.Equal(["a|1", "b|2"], ReadRows());
    }

    [SkippableFact]
    public async Task Server_out_of_reach_leaves_the_outcome_unknown_and_the_watermark_asked_again()
    {
        using var harness = Appending();
        var writer = harness.Open();
        await harness.Deliver(writer, 0, 1, new WordCount("a", 1));
        _outside.Stop();
        SinkHarness<WordCount>.Stage(writer, 2, new WordCount("b", 2));

        var (outcome, _) = await harness.Commit(writer, 1, 2);
        var asked = Record.Exception(() => writer.ReadWatermark());
        _outside.Start();

        Assert.Equal(SinkOutcome.Unknown, outcome);
        Assert.IsType<TransientFaultException>(asked);
        Assert.Equal((SinkOutcome.Applied, 2), await harness.Commit(writer, 1, 2));
        Assert.Equal(["a|1", "b|2"], ReadRows());
    }

    [Fact]
    public void Connection_strings_are_refused_without_a_word_of_their_values()
    {
        var error = Assert.Throws<GraphException>(() => SqlDatabase.PostgreSql("Host=db;Pasword=secret"));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => SqlDatabase.PostgreSql("Database=sales"));
        Assert.DoesNotContain("secret", SqlDatabase.PostgreSql("Host=db;Password=secret").Description, StringComparison.Ordinal);
    }
}
