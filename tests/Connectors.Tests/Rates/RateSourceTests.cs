using Millrace.Connectors.Rates;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Rates;

public sealed class RateSourceTests
{
    private const long StartMs = 1_700_000_000_000;

    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(StartMs);

    [Fact]
    public void Rates_out_of_range_are_refused()
    {
        Assert.Throws<GraphException>(() => new RateSource(0));
        Assert.Throws<GraphException>(() => new RateSource(1_000_000_001));
        Assert.Throws<GraphException>(() => new RateSource(splits: 0));
        Assert.Equal(3, new RateSource(splits: 3).Splits);
    }

    [Fact]
    public void Rows_are_numbered_and_spread_over_the_second()
    {
        var reader = Open(new RateSource(3, Start));

        Assert.Equal(0, Poll(reader, StartMs - 5000));
        Assert.Equal(0, Poll(reader, StartMs + 333));
        Assert.Equal(1, Poll(reader, StartMs + 334));
        Assert.Equal(4, Poll(reader, StartMs + 1334));
        Assert.Equal([new(StartMs, 0), new(StartMs + 333, 1), new(StartMs + 666, 2), new(StartMs + 1000, 3)], Read(reader, 0, 4));
        Assert.Equal(4, Poll(reader, StartMs));
    }

    [Fact]
    public void Another_reader_reads_the_same_range_alike()
    {
        var source = new RateSource(10_000, Start);
        var reader = Open(source);
        Assert.Equal(20_000, Poll(reader, StartMs + 2000));

        Assert.Equal(Read(reader, 5000, 20_000), Read(Open(source), 5000, 20_000));
        Assert.True(source.IsReplayable);
    }

    [Fact]
    public void A_start_that_was_not_given_is_handed_on()
    {
        var reader = Open(new RateSource(10));
        Assert.Equal(0, Poll(reader, StartMs));
        Assert.Equal(20, Poll(reader, StartMs + 2000));
        var rows = Read(reader, 10, 20);

        var planned = Open(new RateSource(10));
        planned.Resume(new(0, null, [new(0, 20, reader.Describe(0, 20))]));
        var committed = Open(new RateSource(10));
        committed.Resume(new(20, reader.PositionAt(20), []));

        Assert.Equal(rows, Read(planned, 10, 20));
        Assert.Equal(30, Poll(committed, StartMs + 3000));
        Assert.Equal(rows, Read(committed, 10, 20));
        Assert.Contains("row 0 and its rate expected with 20 planned rows, none found", Assert.Throws<SourceFailedException>(
            () => Open(new RateSource(10)).Resume(new(20, null, []))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 0, null)]
    [InlineData(7, 0, "the 10 rows a second of its checkpoint expected, 7 found")]
    [InlineData(10, 1, "the start 2023-11-14T22:13:20.000Z of its checkpoint expected, 2023-11-14T22:13:20.001Z found")]
    public void Another_rate_or_start_than_that_of_the_checkpoint_is_refused(long rate, int laterMs, string? refusal)
    {
        var reader = Open(new RateSource(10, Start));
        Assert.Equal(20, Poll(reader, StartMs + 2000));
        var other = Open(new RateSource(rate, Start.AddMilliseconds(laterMs)));

        var refused = Record.Exception(() => other.Resume(new(20, reader.PositionAt(20), [])));

        if (refusal is null)
            Assert.Null(refused);
        else
            Assert.Contains(refusal, Assert.IsType<SourceFailedException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void First_planned_time_is_the_start_where_none_is_given()
    {
        var reader = Open(new RateSource(10));

        Assert.Equal(0, Poll(reader, StartMs));
        Assert.Equal(10, Poll(reader, StartMs + 1000));
        Assert.Equal(new RateRow(StartMs + 100, 1), Read(reader, 1, 2)[0]);
    }

    [Fact]
    public void Splits_share_the_rows()
    {
        for (var nowMs = StartMs; nowMs < StartMs + 1000; nowMs += 37)
        {
            var readers = Enumerable.Range(0, 3).Select(split => Open(new RateSource(20, Start), split, 3)).ToArray();
            var rows = readers.SelectMany(reader => Read(reader, 0, Poll(reader, nowMs))).Select(row => row.Value).Order();

            Assert.Equal(Enumerable.Range(0, (int)((nowMs - StartMs) / 50)).Select(value => (long)value), rows);
        }
    }

    [Fact]
    public void Large_rates_and_late_times_do_not_overflow()
    {
        var reader = Open(new RateSource(1_000_000_000, DateTimeOffset.UnixEpoch));
        var end = Poll(reader, StartMs);

        Assert.Equal(StartMs * 1_000_000, end);
        Assert.Equal([new(StartMs - 1, end - 1)], Read(reader, end - 1, end));
    }

    private static ISplitReader<RateRow> Open(RateSource source, int split = 0, int splits = 1) =>
        source.Open(new SplitContext(new PartitionId(split), splits, _ => { }));

    private static long Poll(ISplitReader<RateRow> reader, long nowMs) => reader.Poll(new Epoch(1), nowMs);

    private static List<RateRow> Read(ISplitReader<RateRow> reader, long from, long to)
    {
        var rows = new List<RateRow>();
        while (from < to)
        {
            var batch = reader.Read(from, to, out from)!;
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        return rows;
    }
}
