
namespace Millrace.Chaos.Tests.Oracle;

public sealed class JudgeTests : IDisposable
{
    private readonly SmallRun _run = new();

    [Fact]
    public void What_was_worked_out_by_hand_is_clean()
    {
        var verdict = _run.Judge();

        Assert.True(verdict.IsClean, string.Join('\n', verdict.Difference.Examples));
        Assert.Equal(4, verdict.Records);
    }

    [Theory]
    [InlineData("DELETE FROM totals WHERE batch_ms = 200 AND key = 2")]
    [InlineData("DELETE FROM windows WHERE key = 1")]
    [InlineData("DELETE FROM joined")]
    [InlineData("DELETE FROM balances WHERE key = 2")]
    public void A_row_that_is_missing_is_lost(string spoil) => AssertDifference(spoil, lost: 1);

    [Theory]
    [InlineData("INSERT INTO totals SELECT * FROM totals WHERE batch_ms = 100")]
    [InlineData("INSERT INTO windows SELECT * FROM windows WHERE key = 1")]
    [InlineData("INSERT INTO joined SELECT * FROM joined")]
    [InlineData("INSERT INTO ranges SELECT * FROM ranges WHERE batch_ms = 200 AND source = 1")]
    [InlineData("INSERT INTO balances SELECT * FROM balances WHERE key = 2")]
    public void A_row_that_is_there_twice_is_duplicated(string spoil) => AssertDifference(spoil, duplicated: 1);

    [Theory]
    [InlineData("UPDATE totals SET sum = 40 WHERE batch_ms = 300 AND key = 1")]
    [InlineData("UPDATE windows SET batch_ms = 300 WHERE key = 1")]
    [InlineData("UPDATE joined SET payment_sum = 200")]
    [InlineData("UPDATE balances SET batch_ms = 300 WHERE key = 2")]
    [InlineData("UPDATE ranges SET checksum = checksum + 1 WHERE source = 1")]
    [InlineData("UPDATE ranges SET count = 2 WHERE source = 1")]
    public void A_row_with_another_number_is_lost_and_one_is_unexpected(string spoil) => AssertDifference(spoil, lost: 1, unexpected: 1);

    [Theory]
    [InlineData("INSERT INTO joined VALUES (200, 9, 1, 1, 1, 1)")]
    [InlineData("INSERT INTO windows VALUES (300, 1, 2, 39)")]
    [InlineData("INSERT INTO totals VALUES (150, 1, 1, 32)")]
    [InlineData("INSERT INTO ranges VALUES (150, 0, 0, 0, 1, 1)")]
    [InlineData("INSERT INTO ranges VALUES (300, 7, 0, 0, 1, 1)")]
    public void A_row_that_nothing_asks_for_is_unexpected(string spoil) => AssertDifference(spoil, unexpected: 1);

    [Fact]
    public void Records_that_no_batch_held_are_lost_one_by_one()
    {
        _run.Execute("DELETE FROM ranges WHERE batch_ms = 200; DELETE FROM totals WHERE batch_ms > 100; DELETE FROM windows; UPDATE balances SET count = 1, sum = 32, batch_ms = 100 WHERE key = 1; DELETE FROM balances WHERE key = 2");

        var verdict = _run.Judge();

        Assert.Equal((2L, 0L, 0L), (verdict.Difference.Lost, verdict.Difference.Duplicated, verdict.Difference.Unexpected));
        Assert.Equal(4, verdict.Records);
    }

    [Fact]
    public void A_range_that_leaves_records_out_differs() =>
        AssertDifference("DELETE FROM ranges WHERE batch_ms = 100 AND source = 0", lost: 1, unexpected: 3);

    [Fact]
    public void A_count_that_goes_back_is_a_violation()
    {
        _run.Execute("UPDATE totals SET count = 1 WHERE batch_ms = 300 AND key = 1");

        Assert.Equal(["running count of key 1: 2 or more expected, 1 found."], _run.Judge().Violations.AsEnumerable());
    }

    [Fact]
    public void A_line_that_is_missing_is_lost()
    {
        File.Delete(Path.Combine(_run.Lines, "part-0-1.txt"));

        AssertDifference("SELECT 1", lost: 1);
    }

    [Fact]
    public void A_line_in_two_files_is_duplicated()
    {
        File.WriteAllText(Path.Combine(_run.Lines, "part-0-2.txt"), "0,0,1,32,0\n");

        AssertDifference("SELECT 1", duplicated: 1);
    }

    [Fact]
    public void A_temporary_file_does_not_count()
    {
        File.WriteAllText(Path.Combine(_run.Lines, "part-0-2.txt.ab.tmp"), "0,0,1,32,0\n");

        AssertDifference("SELECT 1");
    }

    [Fact]
    public void Tables_that_were_never_made_are_lost_whole()
    {
        _run.Execute("DROP TABLE windows");

        AssertDifference("SELECT 1", lost: 2);
    }

    public void Dispose() => _run.Dispose();

    private void AssertDifference(string spoil, long lost = 0, long duplicated = 0, long unexpected = 0)
    {
        _run.Execute(spoil);

        var difference = _run.Judge().Difference;

        Assert.True(
            (difference.Lost, difference.Duplicated, difference.Unexpected) == (lost, duplicated, unexpected),
            $"{lost} lost, {duplicated} duplicated, {unexpected} unexpected expected, found:\n{string.Join('\n', difference.Examples)}");
    }
}
