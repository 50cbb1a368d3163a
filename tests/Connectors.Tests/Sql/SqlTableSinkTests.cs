using Millrace.Connectors.Sql;
using Millrace.Connectors.Tests.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>What holds on every database.</summary>
public abstract class SqlTableSinkTests(SqlOutside outside)
{
    private readonly string _name = $"words \"{Guid.NewGuid():N}\"; DROP";

    private string Quoted => SqlDatabase.Quote(_name);

    private string[] Rows => outside.Query($"SELECT word, count FROM {Quoted} ORDER BY word, count");

    [SkippableFact]
    public async Task Rows_of_committed_epochs_are_inserted()
    {
        using var harness = Appending();
        var writer = harness.Open();

        Assert.Equal(0, writer.ReadWatermark());
        await harness.Deliver(writer, 0, 1, new("a", 1), new("b'); DROP TABLE x; --", 2));
        await harness.Deliver(writer, 1, 2);
        await harness.Deliver(writer, 2, 7, new WordCount("c\u00fc\U0001F600", 3));

        Assert.Equal(["a|1", "b'); DROP TABLE x; --|2", "c\u00fc\U0001F600|3"], Rows);
        Assert.Equal(7, harness.Open().ReadWatermark());
    }

    [SkippableFact]
    public async Task Many_rows_are_inserted_in_order()
    {
        using var harness = Appending();
        var writer = harness.Open();
        var rows = Enumerable.Range(0, 1000).Select(row => new WordCount($"{row:0000}", row)).ToArray();

        await harness.Deliver(writer, 0, 1, rows);

        Assert.Equal(rows.Select(row => $"{row.Word}|{row.Count}"), Rows);
    }

    [SkippableFact]
    public async Task Upsert_replaces_rows_with_the_same_key()
    {
        using var harness = Upserting();
        var writer = harness.Open();

        await harness.Deliver(writer, 0, 1, [.. Enumerable.Range(0, 200).Select(row => new WordCount($"w{row % 100:00}", row))]);
        await harness.Deliver(writer, 1, 2, new("w00", -1), new("x", 1), new("w00", -2));

        Assert.Equal(101, Rows.Length);
        Assert.Equal(["w00|-2", "w01|101"], Rows.Take(2));
    }

    [SkippableFact]
    public async Task Upsert_of_keys_alone_inserts_each_once()
    {
        using var harness = Harness(Sink(SqlWriteMode.Upsert, [new("word", SqlType.Text, row => row.Word, IsKey: true), new("count", SqlType.Integer, row => row.Count, IsKey: true)]));

        await harness.Deliver(harness.Open(), 0, 1, new("a", 1), new("a", 2), new("a", 1));
        await harness.Deliver(harness.Open(), 1, 2, new WordCount("a", 1));

        Assert.Equal(["a|1", "a|2"], Rows);
    }

    [SkippableFact]
    public async Task Repeated_commit_writes_nothing_and_tells_the_epoch_found()
    {
        using var harness = Appending();
        await harness.Deliver(harness.Open(), 0, 1, new WordCount("a", 1));

        var restarted = harness.Open();
        SinkHarness<WordCount>.Stage(restarted, 1, new WordCount("a", 1));

        Assert.Equal((SinkOutcome.Conflict, 1), await harness.Commit(restarted, 0, 1));
        Assert.Equal(["a|1"], Rows);
    }

    [SkippableFact]
    public async Task Table_that_is_gone_since_rows_were_written_is_not_made_anew()
    {
        using var harness = Appending();
        await harness.Deliver(harness.Open(), 0, 1, new WordCount("a", 1));
        outside.Execute($"DROP TABLE {Quoted}");

        AssertRefused(harness, $"Table {_name} expected in ", "since this job has written to it up to epoch 1, none found; restore it");
        outside.Execute($"DELETE FROM millrace_watermarks WHERE job = '{_name}'");
        Assert.Equal(0, harness.Open().ReadWatermark());
    }

    [SkippableFact]
    public async Task Late_commit_of_a_stale_writer_writes_nothing()
    {
        using var harness = Appending();
        var stale = harness.Open();
        SinkHarness<WordCount>.Stage(stale, 1, new WordCount("stale", 1));
        SinkHarness<WordCount>.Stage(stale, 2, new WordCount("stale", 2));
        var owner = harness.Open();
        await harness.Deliver(owner, 0, 1, new WordCount("a", 1));
        await harness.Deliver(owner, 1, 2, new WordCount("b", 2));
        await harness.Deliver(owner, 2, 3, new WordCount("c", 3));

        Assert.Equal((SinkOutcome.Conflict, 3), await harness.Commit(stale, 0, 1));
        Assert.Equal((SinkOutcome.Conflict, 3), await harness.Commit(stale, 1, 2));
        Assert.Equal(["a|1", "b|2", "c|3"], Rows);
    }

    [SkippableFact]
    public async Task Commit_ahead_of_the_watermark_writes_nothing()
    {
        using var harness = Appending();
        var writer = harness.Open();
        writer.ReadWatermark();
        SinkHarness<WordCount>.Stage(writer, 5, new WordCount("a", 1));

        Assert.Equal((SinkOutcome.Conflict, 0), await harness.Commit(writer, 4, 5));
        Assert.Empty(Rows);
    }

    [SkippableFact]
    public async Task Failure_after_any_step_leaves_every_row_once()
    {
        foreach (var step in Enum.GetValues<SqlStep>())
        {
            var failures = 0;
            using var harness = new SinkHarness<WordCount>(Sink(SqlWriteMode.Append, Columns, at =>
            {
                if (at == step && ++failures <= 6)
                    throw new TransientFaultException("answer lost");
            }), job: $"{_name} {step}");
            var writer = harness.Open();

            await harness.Deliver(writer, 0, 1, new WordCount($"{step}", 1));
            await harness.Deliver(writer, 1, 2, new WordCount($"{step}", 2));
            await harness.Deliver(harness.Open(), 2, 3, new WordCount($"{step}", 3));

            Assert.True(failures > 0);
        }

        Assert.Equal(Enum.GetNames<SqlStep>().Order(StringComparer.Ordinal).SelectMany(step => new[] { $"{step}|1", $"{step}|2", $"{step}|3" }), Rows.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Writers_racing_for_an_epoch_write_it_once()
    {
        using var harness = Appending();
        var writers = Enumerable.Range(0, 4).Select(_ => harness.Open()).ToArray();
        writers[0].ReadWatermark();
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            foreach (var writer in writers)
                SinkHarness<WordCount>.Stage(writer, epoch, new WordCount("a", epoch));
            var outcomes = await Task.WhenAll(writers.Select(writer => harness.Commit(writer, epoch - 1, epoch)));

            Assert.Single(outcomes, outcome => outcome.Outcome == SinkOutcome.Applied);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(epoch => $"a|{epoch}"), outside.Query($"SELECT word, count FROM {Quoted} ORDER BY count"));
    }

    [SkippableFact]
    public async Task Partitions_jobs_and_operators_have_their_own_watermarks()
    {
        var sink = Sink(SqlWriteMode.Append, Columns);
        using var first = Harness(sink);
        await first.Deliver(first.Open(), 0, 4, new WordCount("a", 1));

        Assert.Equal(0, new SinkHarness<WordCount>(sink, partition: 1, job: _name).Open().ReadWatermark());
        Assert.Equal(0, new SinkHarness<WordCount>(sink, job: "other").Open().ReadWatermark());
        Assert.Equal(0, new SinkHarness<WordCount>(sink, job: _name, @operator: "other").Open().ReadWatermark());
        Assert.Equal(4, first.Open().ReadWatermark());
    }

    [SkippableFact]
    public async Task Partitions_that_start_at_once_create_the_tables_once()
    {
        var sink = Sink(SqlWriteMode.Append, Columns);
        outside.Execute("DROP TABLE IF EXISTS millrace_watermarks");

        var watermarks = await Task.WhenAll(Enumerable.Range(0, 8).Select(partition => Task.Run(() =>
        {
            using var harness = new SinkHarness<WordCount>(sink, partition, _name);
            return harness.Open().ReadWatermark();
        })));

        Assert.All(watermarks, watermark => Assert.Equal(0, watermark));
    }

    [SkippableFact]
    public async Task Every_type_is_kept_and_null_too()
    {
        var time = new DateTimeOffset(2026, 1, 31, 23, 59, 59, TimeSpan.FromHours(2)).AddTicks(1_234_567);
        object?[] values = [long.MinValue, 0.1, 1234567890.123456789m, "text", true, new byte[] { 0, 255 }, time];
        var columns = Enum.GetValues<SqlType>().Select(type => new SqlColumn<object?[]>($"c{(int)type}", type, row => row[(int)type])).ToArray();
        using var harness = Harness(new SqlTableSink<object?[]>(outside.Database, new() { Name = _name, Columns = [.. columns], CreateIfMissing = true }));

        await harness.Deliver(harness.Open(), 0, 1, values, new object?[values.Length]);

        Assert.Equal(
            ["-9223372036854775808|0.1|1234567890.123456789|text|1|00FF|2026-01-31T21:59:59.123456Z", "null|null|null|null|null|null|null"],
            outside.Query($"SELECT * FROM {Quoted} ORDER BY c0 IS NULL"));
    }

    [SkippableFact]
    public void Missing_table_is_one_line()
    {
        using var harness = Harness(new SqlTableSink<WordCount>(outside.Database, new() { Name = "nowhere", Columns = [.. Columns] }));

        AssertRefused(harness, "Table nowhere expected", "none found");
    }

    [SkippableFact]
    public void Missing_column_is_one_line()
    {
        outside.Execute($"CREATE TABLE {Quoted} (word {outside.Database.NameOf(SqlType.Text)})");
        using var harness = Appending();

        AssertRefused(harness, _name, "column count expected", "word found");
    }

    [SkippableFact]
    public void Column_of_another_type_is_one_line()
    {
        outside.Execute($"CREATE TABLE {Quoted} (word {outside.Database.NameOf(SqlType.Text)}, count {outside.Database.NameOf(SqlType.Text)})");
        using var harness = Appending();

        AssertRefused(harness, _name, "column count", "expected for Integer");
    }

    [SkippableFact]
    public void Upsert_without_a_unique_index_is_one_line()
    {
        outside.Execute($"CREATE TABLE {Quoted} (word {outside.Database.NameOf(SqlType.Text)}, count {outside.Database.NameOf(SqlType.Integer)})");
        using var harness = Upserting();

        AssertRefused(harness, _name, "ON CONFLICT");
    }

    [SkippableFact]
    public async Task Row_that_the_database_refuses_fails_the_job_and_leaves_nothing_of_its_epoch()
    {
        outside.Execute($"CREATE TABLE {Quoted} (word {outside.Database.NameOf(SqlType.Text)}, count {outside.Database.NameOf(SqlType.Integer)} CHECK (count > 0))");
        using var harness = Appending();
        var writer = harness.Open();
        await harness.Deliver(writer, 0, 1, new WordCount("a", 1));

        var error = await harness.Fails(writer, 1, 2, new("b", 1), new("c", -1));

        Assert.Contains(_name, error.Message, StringComparison.Ordinal);
        Assert.Equal(["a|1"], Rows);
        Assert.Equal(1, harness.Open().ReadWatermark());
    }

    [SkippableFact]
    public async Task Value_of_another_type_fails_the_job()
    {
        using var harness = Harness(Sink(SqlWriteMode.Append, [new("word", SqlType.Text, row => row.Count), new("count", SqlType.Integer, row => row.Count)]));

        var error = await harness.Fails(harness.Open(), 0, 1, new WordCount("a", 1));

        Assert.Contains("column word: a value for Text expected, a Int64 found", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Null_key_fails_the_job()
    {
        using var harness = Upserting();

        var error = await harness.Fails(harness.Open(), 0, 1, new WordCount(null, 1));

        Assert.Contains("key column word: a value expected, null found", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Function_of_a_column_that_throws_fails_the_job()
    {
        using var harness = Harness(Sink(SqlWriteMode.Append, [new("word", SqlType.Text, _ => throw new FormatException("bad")), new("count", SqlType.Integer, row => row.Count)]));

        Assert.IsType<UserFunctionException>(await harness.Fails(harness.Open(), 0, 1, new WordCount("a", 1)));
    }

    private protected static SqlColumn<WordCount>[] Columns => [new("word", SqlType.Text, row => row.Word), new("count", SqlType.Integer, row => row.Count)];

    private protected SqlTableSink<WordCount> Sink(SqlWriteMode mode, SqlColumn<WordCount>[] columns, Action<SqlStep>? afterStep = null) =>
        new(outside.Database, new() { Name = _name, Columns = [.. columns], Mode = mode, CreateIfMissing = true }) { AfterStep = afterStep };

    private protected SinkHarness<WordCount> Appending() => Harness(Sink(SqlWriteMode.Append, Columns));

    private protected string[] ReadRows() => Rows;

    private SinkHarness<WordCount> Upserting() =>
        Harness(Sink(SqlWriteMode.Upsert, [new("word", SqlType.Text, row => row.Word, IsKey: true), new("count", SqlType.Integer, row => row.Count)]));

    // Why: the tests of a class share the database and its table of watermarks.
    private SinkHarness<T> Harness<T>(SqlTableSink<T> sink) => new(sink, job: _name);

    private static void AssertRefused(SinkHarness<WordCount> harness, params string[] parts)
    {
        var error = Assert.Throws<JobFailedException>(() => harness.Open().ReadWatermark());
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
