using System.Collections.Concurrent;
using Millrace.Connectors.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Commits;

public sealed class PooledSinkWriterTests
{
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<string> _events = new();

    [Fact]
    public async Task Transient_errors_are_tried_again_after_growing_pauses()
    {
        var writer = new Writer(_clock, _events, failures: 3);
        using var harness = new SinkHarness<int>(new Sink(writer));
        harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);
        var commit = harness.Commit(writer, 0, 1);

        foreach (var pauseMs in (int[])[20, 40, 80])
        {
            await Waiting.For(() => _clock.Timers == 1, "a pause");
            var tries = _events.Count;
            _clock.Advance(TimeSpan.FromMilliseconds(pauseMs - 1));
            Assert.Equal(1, _clock.Timers);
            Assert.Equal(tries, _events.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal((SinkOutcome.Applied, 1), await commit);
        Assert.Equal(4, _events.Count);
    }

    [Fact]
    public async Task Outcome_is_unknown_after_five_tries()
    {
        var writer = new Writer(_clock, _events, failures: int.MaxValue);
        using var harness = new SinkHarness<int>(new Sink(writer));
        harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);
        var commit = harness.Commit(writer, 0, 1);
        for (var pause = 0; pause < 4; pause++)
        {
            await Waiting.For(() => _clock.Timers == 1, "a pause");
            _clock.Advance(TimeSpan.FromMilliseconds(20 << pause));
        }

        Assert.Equal(SinkOutcome.Unknown, (await commit).Outcome);
        Assert.Equal(5, _events.Count);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(5000, 1)]
    public async Task A_try_that_waits_long_is_told_of_before_the_others(int waitsMs, int warnings)
    {
        var writer = new Writer(_clock, _events, failures: 1, onTry: () => _clock.Advance(TimeSpan.FromMilliseconds(waitsMs)));
        using var harness = new SinkHarness<int>(new Sink(writer));
        harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);
        var commit = harness.Commit(writer, 0, 1);
        await Waiting.For(() => _clock.Timers == 1, "a pause");

        Assert.Equal(Enumerable.Repeat("full", warnings), harness.Warnings);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(SinkOutcome.Applied, (await commit).Outcome);
    }

    [Fact]
    public async Task Disposed_writer_makes_no_further_try_and_is_closed_afterwards()
    {
        var writer = new Writer(_clock, _events, failures: int.MaxValue);
        using var harness = new SinkHarness<int>(new Sink(writer));
        harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);
        var commit = harness.Commit(writer, 0, 1);
        await Waiting.For(() => _clock.Timers == 1, "a pause");

        writer.Dispose();
        await writer.Idle.WaitAsync(Waiting.Timeout);

        Assert.Equal(SinkOutcome.Unknown, (await commit).Outcome);
        Assert.Equal(["try", "close"], _events);
    }

    [Fact]
    public async Task Commit_returns_before_the_write_ends()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writer = new Writer(_clock, _events, failures: 0, gate.Task);
        using var harness = new SinkHarness<int>(new Sink(writer));
        harness.Open();
        SinkHarness<int>.Stage(writer, 1, 1);

        var commit = harness.Commit(writer, 0, 1);

        Assert.False(commit.IsCompleted);
        gate.SetResult();
        Assert.Equal((SinkOutcome.Applied, 1), await commit);
    }

    private sealed class Sink(Writer writer) : ISink<int>
    {
        public string Description => "test";

        public SinkCapability Capability => SinkCapability.Idempotent;

        public ISinkWriter<int> Open(SinkContext context) => writer;
    }

    private sealed class Writer(TimeProvider clock, ConcurrentQueue<string> events, int failures, Task? gate = null, Action? onTry = null) : PooledSinkWriter<int>(clock)
    {
        private int _failures = failures;

        public override long? ReadWatermark() => 0;

        protected override async Task<(SinkOutcome Outcome, long Watermark)> Write(SinkCommit commit, IReadOnlyList<Batch<int>> rows)
        {
            events.Enqueue("try");
            onTry?.Invoke();
            await (gate ?? Task.CompletedTask);
            if (_failures-- > 0)
                throw new IOException("full");
            return (SinkOutcome.Applied, commit.Epoch.Epoch.Number);
        }

        protected override bool IsTransient(Exception error) => true;

        protected override Exception Explain(Exception error) => error;

        protected override void Close() => events.Enqueue("close");
    }
}
