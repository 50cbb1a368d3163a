using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Api.Tests.DStreams;

public sealed class WriteAheadTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly MemoryJournal _journal = new(isDurable: true);

    private string Checkpoints => Path.Combine(_folder.FullName, "checkpoints");

    private string Logs => Path.Combine(Checkpoints, "sources");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_graceful_stop_works_off_whatever_was_stored()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, writeAheadLog: true);
        var receiver = new TirelessReceiver();
        run.Context.Checkpoint(Checkpoints);
        var batches = run.Collect(run.Context.SourceStream(
            "receiver",
            new ReceiverSource<int>(() => receiver, new() { BlockInterval = TimeSpan.FromDays(1), MaxRate = 20_000, WriteAheadLog = true }, timeProvider: TimeProvider.System)));
        await run.Context.StartAsync();
        await receiver.Storing.WaitAsync(TimeSpan.FromSeconds(30));

        await run.Context.StopAsync(graceful: true).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(receiver.Store(-1));
        Assert.Equal(Enumerable.Range(0, await receiver.Stored.WaitAsync(TimeSpan.FromSeconds(30))), batches.OrderBy(batch => batch.Key).SelectMany(batch => batch.Value));
    }

    [Fact]
    public async Task Everything_acknowledged_is_counted_once_over_kills()
    {
        const int Lives = 4;
        var acknowledged = new List<string>();
        for (var life = 1; life <= Lives; life++)
        {
            // The journal takes the plan of this life's second batch, and no commit of it.
            var fatal = 2 * life;
            var dying = new MortalJournal(_journal, row => row is JournalRows.Committed committed && committed.Epoch.Epoch >= fatal);
            await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => dying, writeAheadLog: true);
            var receiver = new PushReceiver();
            Sums(run, receiver);
            await run.Context.StartAsync();
            await Push(receiver, $"{life} first", $"{life} second");
            _clock.Advance(run.Context.BatchDuration);
            if (life == 1)
                await run.CatchUpAsync();
            await Push(receiver, $"{life} third");
            _clock.Advance(run.Context.BatchDuration);
            await dying.Died.WaitAsync(TimeSpan.FromSeconds(30));
            await Push(receiver, $"{life} not planned");
        }

        await using var last = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, writeAheadLog: true);
        var pusher = new PushReceiver();
        var sums = Sums(last, pusher);
        await last.Context.StartAsync();
        await Push(pusher, "last");
        await last.RunAsync(2);

        Assert.Equal(acknowledged.Order(StringComparer.Ordinal).Select(word => (word, 1L)), sums.MaxBy(batch => batch.Key).Value.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(0, last.Context.Job!.Counters.RecordsLost);

        async Task Push(PushReceiver receiver, params string[] words)
        {
            await receiver.PushAsync(words);
            acknowledged.AddRange(words);
        }
    }

    [Fact]
    public async Task Without_the_log_what_was_in_memory_is_counted_lost()
    {
        var dying = new MortalJournal(_journal, row => row is JournalRows.Committed { Epoch.Epoch: 2 });
        await using (var first = await CheckpointRun.CreateAsync(_clock, journals: _ => dying))
        {
            var receiver = new PushReceiver();
            Sums(first, receiver);
            await first.Context.StartAsync();
            await receiver.PushAsync("a");
            await first.RunAsync(1);
            await receiver.PushAsync("x", "y");
            _clock.Advance(first.Context.BatchDuration);
            await dying.Died.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await using var second = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal);
        var sums = Sums(second, new PushReceiver());
        await second.RunAsync(1);

        Assert.Equal([("a", 1L)], sums.MaxBy(batch => batch.Key).Value);
        Assert.Equal(2, second.Context.Job!.Counters.RecordsLost);
        Assert.False(Directory.Exists(Logs));
    }

    [Fact]
    public async Task Plan_says_that_a_stream_with_the_log_can_be_read_again_and_nobody_is_warned_of_it()
    {
        using var logs = new LogLines();
        await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, logs: logs, writeAheadLog: true);
        Sums(run, new PushReceiver());
        run.Collect(run.Context.SocketTextStream("localhost", 9));
        run.Collect(run.Context.SocketTextStream("localhost", 9, new() { WriteAheadLog = false }));

        var plan = run.Context.Explain();

        Assert.Contains("volatile: socketText.2 (", plan, StringComparison.Ordinal);
        await using var alone = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, logs: logs, writeAheadLog: true);
        var receiver = new PushReceiver();
        Sums(alone, receiver);
        await alone.Context.StartAsync();
        // Stored: the log, which is opened beside the batches, is open.
        await receiver.PushAsync("a");
        await alone.RunAsync(1);
        Assert.DoesNotContain("volatile", alone.Context.Explain(), StringComparison.Ordinal);
        Assert.Empty(logs.Warnings);
    }

    [Fact]
    public async Task Log_without_a_checkpoint_directory_is_refused_at_the_start()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock, writeAheadLog: true);
        run.Collect(run.Context.ReceiverStream(() => new PushReceiver()));

        var refusal = await Assert.ThrowsAsync<GraphException>(() => run.Context.StartAsync());

        Assert.Equal(
            "Source receiver (receiver): a checkpoint directory expected for the files that it keeps (its write-ahead log), none found; "
            + "call Checkpoint(directory) or GetOrCreate, set JobOptions.CheckpointDirectory, or switch WriteAheadLog off.",
            refusal.Message);
    }

    [Fact]
    public async Task Log_that_can_not_be_written_ends_the_job_with_its_name_and_nothing_is_acknowledged()
    {
        Directory.CreateDirectory(Checkpoints);
        await File.WriteAllTextAsync(Logs, "");
        await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, writeAheadLog: true);
        var receiver = new PushReceiver();
        Sums(run, receiver);
        await run.Context.StartAsync();

        await Assert.ThrowsAsync<SourceFailedException>(() => receiver.PushAsync("a"));
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(1));

        Assert.Contains(Logs, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Receivers_have_logs_of_their_own_below_the_checkpoints_whatever_their_names_hold()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock, journals: _ => _journal, writeAheadLog: true);
        PushReceiver[] receivers = [new(), new()];
        ConcurrentDictionary<long, string[]>[] batches = [];
        GetOrCreate(run, Checkpoints, () => batches =
        [
            run.Collect(run.Context.ReceiverStream(() => receivers[0])),
            run.Collect(run.Context.ReceiverStream(() => receivers[1], new ReceiverOptions { WriteAheadLog = true }).WithName("../up")),
        ]);
        await run.Context.StartAsync();
        await receivers[0].PushAsync("a");
        await receivers[1].PushAsync("b");
        await run.RunAsync(1);

        Assert.Equal(["a"], batches[0][1000]);
        Assert.Equal(["b"], batches[1][1000]);
        Assert.Equal(["..%2Fup-0", "receiver-0"], new DirectoryInfo(Logs).GetDirectories().Select(log => log.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_from_a_savepoint_goes_on_with_the_log_that_came_with_it_and_refuses_to_go_on_without(bool takesLog)
    {
        var savepoint = Path.Combine(_folder.FullName, "savepoint");
        await using (var first = await CheckpointRun.CreateAsync(_clock, writeAheadLog: true))
        {
            var receiver = new PushReceiver();
            Sums(first, receiver);
            await first.Context.StartAsync();
            await receiver.PushAsync("a", "b");
            await first.RunAsync(1);
            await first.StopWithSavepointAsync(savepoint);
        }

        var next = Path.Combine(_folder.FullName, "next");
        Directory.CreateDirectory(next);
        if (takesLog)
            Directory.Move(Logs, Path.Combine(next, "sources"));
        await using var second = await CheckpointRun.CreateAsync(_clock, new() { Parallelism = 2, Savepoint = savepoint }, writeAheadLog: true);
        var pusher = new PushReceiver();
        var sums = Sums(second, pusher, next);
        await second.Context.StartAsync();
        await pusher.PushAsync("b");
        if (takesLog)
        {
            await second.RunAsync(1);
            Assert.Equal([("a", 1L), ("b", 2L)], sums.MaxBy(batch => batch.Key).Value.Order());
        }
        else
        {
            var failure = await Assert.ThrowsAsync<JobFailedException>(() => second.RunAsync(1));
            Assert.Contains("2 records expected in its write-ahead log, since they are planned, 0 found", failure.Message, StringComparison.Ordinal);
        }
    }

    private ConcurrentDictionary<long, (string Key, long State)[]> Sums(CheckpointRun run, PushReceiver receiver, string? directory = null)
    {
        ConcurrentDictionary<long, (string Key, long State)[]> batches = [];
        GetOrCreate(run, directory ?? Checkpoints, () => batches = run.Collect(run.Context.ReceiverStream(() => receiver)
            .Map(word => (word, 1L))
            .UpdateStateByKey<string, long, long>((values, former) => values.Sum() + former.GetOrElse(0))));
        return batches;
    }

    private static void GetOrCreate(CheckpointRun run, string directory, Action build) => StreamingContext.GetOrCreate(directory, () =>
    {
        build();
        return run.Context;
    });
}
