namespace Millrace.Connectors.Tests.Receivers;

public sealed class ReceiverSupervisorTests
{
    [Fact]
    public async Task Receiver_that_throws_when_it_starts_is_started_again_with_a_warning()
    {
        using var harness = new ReceiverHarness(new((receiver, start) =>
        {
            if (start < 4)
                throw new InvalidOperationException("no\nqueue");
            receiver.Store(start);
        }));

        await harness.ReceivedAtLeast(1);

        Assert.Equal([4], harness.Read(0, 1));
        Assert.Equal(3, harness.Warnings.Count);
        Assert.All(harness.Warnings, text => Assert.Matches("^Source receiver test: the receiver is started again in .* s: OnStart threw: InvalidOperationException: no queue$", text));
        Assert.Equal(4, harness.Source.Status.Starts);
        Assert.Equal(3, harness.Source.Status.Errors);
    }

    [Fact]
    public async Task Delay_doubles_while_starts_are_in_vain()
    {
        var clock = new ManualClock();
        var receiver = new TestReceiver((_, _) => throw new InvalidOperationException("never"));
        using var harness = new ReceiverHarness(receiver, new(), clock);

        foreach (var seconds in new[] { 2, 4, 8, 16, 32, 60, 60 })
        {
            var starts = receiver.Starts;
            await Waiting.For(() => receiver.Starts > 0 && receiver.Stops == receiver.Starts && clock.Timers >= 2, "a receiver that waits for its start");
            Assert.Contains($"in {seconds} s", harness.Warnings.Last(), StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(clock.Timers >= 2);
            starts = receiver.Starts;
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await Waiting.For(() => receiver.Starts > starts, "the next start");
        }
    }

    [Fact]
    public async Task Restart_stops_waits_and_starts_and_needs_only_one_of_many_calls()
    {
        using var harness = new ReceiverHarness(new((receiver, start) =>
        {
            receiver.Store(start);
            if (start > 1)
                return;
            for (var i = 0; i < 5; i++)
                receiver.Restart("connection lost", new IOException("reset"), TimeSpan.Zero);
            while (!receiver.IsStopped)
                Thread.Yield();
        }));

        await harness.ReceivedAtLeast(2);

        Assert.Equal([1, 2], harness.Read(0, 2));
        Assert.Contains("connection lost: IOException: reset", Assert.Single(harness.Warnings), StringComparison.Ordinal);
        Assert.True(harness.Source.Status.IsStarted);
    }

    [Fact]
    public async Task Stop_is_for_good_and_keeps_what_was_stored()
    {
        var receiver = new TestReceiver((receiver, _) =>
        {
            receiver.Store(1);
            receiver.Stop("no more");
        });
        using var harness = new ReceiverHarness(receiver, ReceiverHarness.Fast with { BlockInterval = TimeSpan.FromDays(1) });

        await harness.ReceivedAtLeast(1);

        Assert.False(receiver.Store(2));
        Assert.True(receiver.IsStopped);
        Assert.Equal(1, receiver.Stops);
        Assert.Contains("stops for good: no more", Assert.Single(harness.Warnings), StringComparison.Ordinal);
        Assert.False(harness.Reader.IsFinished);
        receiver.Restart("too late");
        Assert.Equal(1, harness.Source.Status.Starts);
    }

    [Fact]
    public async Task Drained_receiver_stores_what_it_still_has_and_then_nothing_more()
    {
        var taken = 0;
        TestReceiver? storing = null;
        var receiver = storing = new TestReceiver(
            (receiver, _) =>
            {
                while (receiver.Store(taken))
                    taken++;
            },
            () => storing!.Store(Enumerable.Repeat(-1, 3000)));
        using var harness = new ReceiverHarness(receiver, ReceiverHarness.Fast with { MaxRate = 20_000, BlockInterval = TimeSpan.FromDays(1) });
        await harness.ReceivedAtLeast(1);

        await harness.Reader.DrainAsync(CancellationToken.None).WaitAsync(Waiting.Timeout);

        var received = harness.Received;
        Assert.False(receiver.Store(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiver.StoreAsync(new[] { 1 }));
        Assert.Equal(taken + 3000, received);
        Assert.Equal(1, receiver.Stops);
        Assert.Equal(received, harness.Received);
        Assert.False(harness.Reader.IsFinished);
    }

    [Fact]
    public async Task Drained_receiver_that_does_not_stop_is_not_waited_for_without_end()
    {
        // Why a clock that nobody moves: it is a script's while its context stops.
        var clock = new ManualClock();
        using var never = new ManualResetEventSlim();
        var stops = new TaskCompletionSource();
        var receiver = new TestReceiver(null, () =>
        {
            stops.SetResult();
            never.Wait();
        });
        using var harness = new ReceiverHarness(receiver, clock: clock);
        await Waiting.For(() => harness.Source.Status.Starts == 1, "a start");
        Assert.True(receiver.Store(1));

        var drained = harness.Reader.DrainAsync(CancellationToken.None);
        await stops.Task.WaitAsync(Waiting.Timeout);
        await drained.WaitAsync(Waiting.Timeout);

        Assert.False(receiver.Store(2));
        Assert.Equal(1, harness.Received);
        never.Set();
    }

    [Fact]
    public async Task Reported_errors_are_counted_and_warned_of_sparingly()
    {
        using var harness = new ReceiverHarness(new((receiver, _) =>
        {
            for (var i = 0; i < 1000; i++)
                receiver.ReportError("bad record", new FormatException($"{i}"));
            receiver.Store(1);
        }));

        await harness.ReceivedAtLeast(1);

        Assert.Equal(1000, harness.Source.Status.Errors);
        Assert.Equal("bad record: FormatException: 999", harness.Source.Status.LastMessage);
        Assert.Equal(10, harness.Warnings.Count);
        Assert.True(harness.Source.Status.IsStarted);
    }

    [Fact]
    public async Task Receiver_that_throws_when_it_stops_is_started_again_all_the_same()
    {
        using var harness = new ReceiverHarness(new(
            (receiver, start) =>
            {
                receiver.Store(start);
                if (start == 1)
                    receiver.Restart("again");
            },
            () => throw new InvalidOperationException("stuck")));

        await harness.ReceivedAtLeast(2);

        Assert.Contains(harness.Warnings, text => text.Contains("OnStop threw: InvalidOperationException: stuck", StringComparison.Ordinal));
    }
}
