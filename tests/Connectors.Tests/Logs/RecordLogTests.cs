using Millrace.Connectors.Logs;

namespace Millrace.Connectors.Tests.Logs;

public sealed class RecordLogTests
{
    [Fact]
    public void Ranges_are_read_again_over_block_borders()
    {
        var log = new RecordLog<string, LineWeight>(long.MaxValue);
        string[] lines = [.. Enumerable.Range(0, 5000).Select(i => $"{i}")];
        _ = log.Append(lines);
        log.Release(1500);

        for (var round = 0; round < 2; round++)
        {
            var read = new List<string>();
            for (var from = 1500L; from < 4999;)
            {
                var batch = log.Read(from, 4999)!;
                read.AddRange(batch.Rows);
                from += batch.Count;
                batch.Release();
            }

            Assert.Equal(lines[1500..4999], read);
        }
    }

    [Fact]
    public void Releasing_everything_gives_back_every_byte()
    {
        var log = new RecordLog<string, LineWeight>(1);
        for (var i = 0; i < 7; i++)
        {
            var room = log.Append([.. Enumerable.Range(0, 999).Select(n => new string('x', n % 50))]);
            Assert.False(room.IsCompleted);
            log.Release(log.End - 500);
            Assert.False(room.IsCompleted);
            log.Release(log.End);
            Assert.True(room.IsCompleted);
            Assert.Equal(0, log.Weight);
        }
    }

    [Fact]
    public void Released_lines_are_refused()
    {
        var log = new RecordLog<string, LineWeight>(1);
        _ = log.Append(["a", "b"]);
        log.Release(1);

        Assert.Throws<InvalidOperationException>(() => log.Read(0, 2));
        Assert.Throws<InvalidOperationException>(() => log.Read(1, 3));
        Assert.Null(log.Read(2, 2));
    }

    [Fact]
    public void Records_belong_to_the_first_epoch_whose_time_is_not_before_their_own_however_late_it_is_polled()
    {
        var nowMs = 0L;
        var log = new RecordLog<string, LineWeight>(long.MaxValue, nowMs: () => nowMs);
        foreach (var (atMs, line) in ((long, string)[])[(999, "a"), (1000, "b"), (1001, "c"), (2500, "d")])
        {
            nowMs = atMs;
            _ = log.Append([line]);
        }

        log.Close();
        nowMs = 9000;

        Assert.Equal((2, false), Poll(1000));
        Assert.Equal((2, false), Poll(1000));
        Assert.Equal((3, false), Poll(2000));
        Assert.Equal((4, true), Poll(3000));

        (long End, bool IsClosed) Poll(long epochMs) => (log.Poll(epochMs, out var isClosed), isClosed);
    }

    [Fact]
    public async Task A_sealed_log_holds_nothing_back_for_a_later_epoch()
    {
        var log = new RecordLog<string, LineWeight>(long.MaxValue, nowMs: () => 5000);
        _ = log.Append(["a"]);

        await log.SealAsync();

        Assert.Equal(1, log.Poll(1000, out _));
    }

    [Fact]
    public async Task A_sealed_log_says_of_nothing_more_that_it_is_stored()
    {
        var log = new RecordLog<string, LineWeight>(1 << 20);
        _ = log.Append(["a"], out var before);

        await log.SealAsync();
        _ = log.Append(["b"], out var behind);

        await before;
        await Assert.ThrowsAsync<OperationCanceledException>(() => behind);
        Assert.Equal(1, log.Poll(0, out var isClosed));
        Assert.False(isClosed);
    }
}
