using Millrace.Connectors.Receivers;
using Millrace.Connectors.Tests.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Receivers;

public sealed class WriteAheadReceiverTests : IDisposable
{
    private static readonly ReceiverOptions Ahead = ReceiverHarness.Fast with { WriteAheadLog = true };

    private readonly WriteAheadHarness _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Records_stored_together_are_on_disk_when_the_call_comes_back_behind_the_open_block()
    {
        var stored = new TaskCompletionSource();
        using var harness = Open(
            new((receiver, _) =>
            {
                receiver.Store(0);
                receiver.Store(Enumerable.Range(1, 3000));
                stored.SetResult();
            }),
            Ahead with { BlockInterval = TimeSpan.FromDays(1) });

        await stored.Task.WaitAsync(Waiting.Timeout);
        _log.Kill();

        using var next = Open(new());
        await next.ReceivedAtLeast(3001);
        Assert.Equal(Enumerable.Range(0, 3001), next.Read(0, 3001));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_the_log_is_open()
    {
        var storing = new TaskCompletionSource<Task>();
        using var other = _log.Occupy();
        using var harness = Open(new((receiver, _) => storing.SetResult(receiver.StoreAsync(new[] { 1, 2 }))));
        var stored = await storing.Task.WaitAsync(Waiting.Timeout);
        Assert.False(stored.IsCompleted);
        Assert.Equal(0, harness.Received);

        other.Dispose();
        await stored.WaitAsync(Waiting.Timeout);

        Assert.Equal([1, 2], harness.Read(0, harness.Received));
    }

    [Fact]
    public async Task Records_stored_one_by_one_are_logged_by_the_block()
    {
        using var harness = Open(new((receiver, _) =>
        {
            for (var i = 0; i < 5000; i++)
                Assert.True(receiver.Store(i));
        }));

        await harness.ReceivedAtLeast(5000);
        _log.Kill();

        using var next = Open(new());
        await next.ReceivedAtLeast(5000);
        Assert.Equal(Enumerable.Range(0, 5000), next.Read(0, 5000));
    }

    [Fact]
    public async Task Receiver_that_is_started_again_goes_on_with_the_log()
    {
        using var harness = Open(new((receiver, start) =>
        {
            receiver.Store([start]);
            if (start < 3)
                receiver.Restart("again", delay: TimeSpan.Zero);
        }));

        await harness.ReceivedAtLeast(3);
        _log.Kill();

        using var next = Open(new());
        await next.ReceivedAtLeast(3);
        Assert.Equal([1, 2, 3], next.Read(0, 3));
    }

    [Fact]
    public async Task Log_that_fails_is_thrown_at_whoever_stores_together_and_refuses_single_records()
    {
        var ended = new TaskCompletionSource<Exception?>();
        Directory.CreateDirectory(Path.GetDirectoryName(_log.Directory)!);
        await File.WriteAllTextAsync(_log.Directory, "");
        using var harness = Open(new((receiver, _) =>
        {
            var error = Record.Exception(() => receiver.Store([1]));
            while (receiver.Store(2))
            {
            }

            ended.SetResult(error);
        }));

        var error = await ended.Task.WaitAsync(Waiting.Timeout);

        Assert.IsType<SourceFailedException>(error);
        Assert.Equal(error.Message, Assert.Throws<SourceFailedException>(() => harness.Received).Message);
    }

    [Fact]
    public void Source_with_the_log_is_replayable_and_needs_a_place_for_it()
    {
        var source = new ReceiverSource<int>(() => new TestReceiver(), Ahead);
        Assert.True(source.IsReplayable);
        Assert.True(source.NeedsStorage);
        Assert.False(new ReceiverSource<int>(() => new TestReceiver()).IsReplayable);

        var refusal = Assert.Throws<GraphException>(() => source.Open(new SplitContext(new PartitionId(0), 1, _ => { })));
        Assert.Contains("a checkpoint directory expected", refusal.Message, StringComparison.Ordinal);
    }

    private ReceiverHarness Open(TestReceiver receiver, ReceiverOptions? options = null) =>
        new(receiver, options ?? Ahead, context: _log.Context());
}
