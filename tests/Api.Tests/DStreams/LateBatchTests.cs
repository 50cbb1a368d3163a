using Microsoft.Extensions.Time.Testing;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

public sealed class LateBatchTests : IDisposable
{
    private const int Batches = 8;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly TaskCompletionSource _isHeldUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _goesOn.Dispose();

    [Fact]
    public async Task Each_row_is_in_the_batch_of_its_time_though_the_batches_run_late()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        var receiver = new PushReceiver();
        var batches = HeldUp(run, receiver);
        await LagBehindAsync(run, receiver);

        _goesOn.Set();
        await run.CatchUpAsync();

        Assert.Equal(Expected(Batches), Held(batches));
    }

    [Fact]
    public async Task A_graceful_stop_runs_the_batches_that_are_late_before_the_last_one()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        var receiver = new PushReceiver();
        var batches = HeldUp(run, receiver);
        await LagBehindAsync(run, receiver);
        _clock.Advance(run.Context.BatchDuration / 2);
        await receiver.PushAsync("last");

        var stopping = run.Context.StopAsync(graceful: true);
        _goesOn.Set();
        await stopping.WaitAsync(BatchRun.Patience);

        Assert.Equal([.. Expected(Batches), ((Batches + 1) * 1000L, "last")], Held(batches));
    }

    private static IEnumerable<(long, string)> Expected(int batches) => Enumerable.Range(1, batches).Select(batch => (batch * 1000L, $"row {batch}"));

    private static IEnumerable<(long, string)> Held(IEnumerable<KeyValuePair<long, string[]>> batches) =>
        batches.OrderBy(batch => batch.Key).Where(batch => batch.Value.Length > 0).Select(batch => (batch.Key, string.Join(", ", batch.Value)));

    /// <summary>The first batch's body waits until it may go on, and so do all batches behind it.</summary>
    private IEnumerable<KeyValuePair<long, string[]>> HeldUp(CheckpointRun run, PushReceiver receiver)
    {
        var rows = run.Context.ReceiverStream(() => receiver);
        rows.ForeachRDD((_, _) =>
        {
            _isHeldUp.TrySetResult();
            Assert.True(_goesOn.Wait(BatchRun.Patience));
        });
        return run.Collect(rows);
    }

    private async Task LagBehindAsync(CheckpointRun run, PushReceiver receiver)
    {
        await run.Context.StartAsync();
        for (var batch = 1; batch <= Batches; batch++)
        {
            _clock.Advance(run.Context.BatchDuration / 2);
            await receiver.PushAsync($"row {batch}");
            _clock.Advance(run.Context.BatchDuration / 2);
            await _isHeldUp.Task.WaitAsync(BatchRun.Patience);
        }
    }
}
