using Millrace.Connectors.Receivers;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Receivers;

public sealed class ReceiverSourceTests
{
    public static TheoryData<ReceiverOptions> Wrong =>
    [
        new() { BlockInterval = TimeSpan.Zero },
        new() { MaxRate = 0 },
        new() { MaxRate = double.NaN },
        new() { InitialRate = -1 },
        new() { BufferedRecordsMax = 0 },
        new() { RestartDelay = TimeSpan.FromDays(2) },
        new() { RestartDelayMax = TimeSpan.FromSeconds(1) },
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_options_are_refused_in_one_line(ReceiverOptions options)
    {
        var error = Assert.Throws<GraphException>(() => new ReceiverSource<int>(() => new TestReceiver(), options));

        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Receiver_without_a_source_or_with_two_is_refused()
    {
        var receiver = new TestReceiver();
        Assert.Throws<InvalidOperationException>(() => receiver.Store(1));
        using var harness = new ReceiverHarness(receiver);

        Assert.Throws<InvalidOperationException>(() => new ReceiverHarness(receiver));
    }

    [Fact]
    public async Task Records_stored_one_by_one_arrive_in_order_and_are_read_again_until_released()
    {
        using var harness = new ReceiverHarness(new((receiver, _) =>
        {
            for (var i = 0; i < 5000; i++)
                Assert.True(receiver.Store(i));
        }));

        await harness.ReceivedAtLeast(5000);

        Assert.Equal(Enumerable.Range(0, 5000), harness.Read(0, 5000));
        harness.Reader.Release(1000);
        Assert.Equal(Enumerable.Range(1000, 4000), harness.Read(1000, 5000));
        Assert.False(harness.Reader.IsFinished);
    }

    [Fact]
    public async Task Records_stored_together_are_in_the_log_when_the_call_comes_back_behind_the_open_block()
    {
        var stored = new TaskCompletionSource();
        using var harness = new ReceiverHarness(
            new((receiver, _) =>
            {
                receiver.Store(0);
                receiver.Store(Enumerable.Range(1, 3000));
                receiver.StoreAsync(new[] { 3001, 3002 }).GetAwaiter().OnCompleted(stored.SetResult);
            }),
            ReceiverHarness.Fast with { BlockInterval = TimeSpan.FromDays(1) });

        await stored.Task.WaitAsync(Waiting.Timeout);

        Assert.Equal(Enumerable.Range(0, 3003), harness.Read(0, harness.Received));
    }

    [Fact]
    public async Task Open_block_is_seen_when_its_interval_is_over()
    {
        var clock = new ManualClock();
        var stored = new TaskCompletionSource();
        using var harness = new ReceiverHarness(
            new((receiver, _) =>
            {
                receiver.Store(7);
                stored.SetResult();
            }),
            new(),
            clock);
        await stored.Task.WaitAsync(Waiting.Timeout);

        clock.Advance(TimeSpan.FromMilliseconds(199));
        Assert.Equal(0, harness.Received);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([7], harness.Read(0, harness.Received));
    }

    [Fact]
    public async Task Receiver_is_held_up_while_the_log_is_full()
    {
        using var harness = new ReceiverHarness(
            new((receiver, _) =>
            {
                for (var i = 0; i < 20_000; i++)
                    receiver.Store(i);
                receiver.Store(Enumerable.Range(20_000, 20_000));
            }),
            ReceiverHarness.Fast with { BufferedRecordsMax = 1000 });

        var all = new List<int>();
        while (all.Count < 40_000)
        {
            await harness.ReceivedAtLeast(all.Count + 1);
            var end = harness.Received;
            Assert.InRange(end - all.Count, 1, 1000 + 2048);
            all.AddRange(harness.Read(all.Count, end));
            harness.Reader.Release(end);
        }

        Assert.Equal(Enumerable.Range(0, 40_000), all);
    }

    [Fact]
    public async Task Rate_is_kept_and_can_be_changed()
    {
        var clock = new ManualClock();
        using var harness = new ReceiverHarness(
            new((receiver, _) =>
            {
                while (receiver.Store(1))
                {
                }
            }),
            new() { MaxRate = 1000, InitialRate = 100, BlockInterval = TimeSpan.FromMilliseconds(10), BufferedRecordsMax = long.MaxValue },
            clock);

        var count = await RunFor(10);
        Assert.InRange(count, 990, 1020);
        harness.Source.RateLimiter.Update(5000);
        Assert.InRange(await RunFor(10), 9800, 10_200);

        async Task<long> RunFor(int seconds)
        {
            var before = harness.Received;
            for (var end = clock.Now + TimeSpan.FromSeconds(seconds); clock.Now < end;)
            {
                // The receiver waits for its rate: nothing else is due but the block's timer.
                await Waiting.For(() => clock.Timers >= 2, "a receiver that waits");
                clock.Advance(TimeSpan.FromMilliseconds(10));
            }

            return harness.Received - before;
        }
    }

    [Fact]
    public async Task Disposed_reader_stops_the_receiver_that_is_held_up()
    {
        var ended = new TaskCompletionSource<(bool Stored, bool IsStopped, Exception? Error)>();
        var receiver = new TestReceiver((receiver, _) =>
        {
            while (receiver.Store(1))
            {
            }

            ended.SetResult((receiver.Store(1), receiver.IsStopped, Record.Exception(() => receiver.Store([1, 2]))));
        });
        using var harness = new ReceiverHarness(receiver, ReceiverHarness.Fast with { BufferedRecordsMax = 1 });
        await harness.ReceivedAtLeast(1);

        harness.Dispose();
        var (stored, isStopped, error) = await ended.Task.WaitAsync(Waiting.Timeout);

        Assert.False(stored);
        Assert.True(isStopped);
        Assert.IsAssignableFrom<OperationCanceledException>(error);
        await Waiting.For(() => receiver.Stops == 1, "OnStop");
    }
}
