using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Operators;

namespace Millrace.Api.Tests.DStreams;

public sealed class SavepointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly ConcurrentQueue<string[]> _queue = new();

    private string Savepoint => Path.Combine(_folder.FullName, "savepoint");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Counts_and_windows_go_on_with_more_partitions()
    {
        _queue.Enqueue(["a", "b", "c"]);
        _queue.Enqueue(["a", "d"]);
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            Build(first, "first", partitions: 2, out var counts, out _);
            await first.RunAsync(2);
            Assert.Equal([("a", 2L), ("b", 1), ("c", 1), ("d", 1)], counts[2000].Order());
            await first.StopWithSavepointAsync(Savepoint);
        }

        _queue.Enqueue(["e", "a"]);
        await using var second = await CheckpointRun.CreateAsync(_clock, new JobOptions { Parallelism = 2, Savepoint = Savepoint });
        Build(second, "second", partitions: 5, out var after, out var windows);
        Assert.True(second.Context.CompareWithSavepoint().IsComplete, second.Context.CompareWithSavepoint().ToString());
        _clock.Advance(TimeSpan.FromSeconds(1));
        await second.CatchUpAsync();

        var last = after.Keys.Max();
        Assert.Equal([("a", 3L), ("b", 1), ("c", 1), ("d", 1), ("e", 1)], after[last].Order());
        Assert.Equal([("a", 3L), ("b", 1), ("c", 1), ("d", 1), ("e", 1)], windows[last].Order());
    }

    [Fact]
    public async Task Counts_and_windows_go_on_while_the_job_is_rescaled_and_no_batch_is_left_out()
    {
        await using var run = await CheckpointRun.CreateAsync(_clock);
        Build(run, "job", partitions: 2, out var counts, out var windows);
        await run.RunAsync(1);
        foreach (var (@operator, partitions) in new[] { ("counts", 5), ("window", 3), ("counts", 1) })
        {
            _queue.Enqueue(["a", "b", "c", "d", "e"]);
            _queue.Enqueue(["a"]);
            await run.DuringAsync(run.Context.Job!.RescaleAsync(@operator, partitions));
            await run.CatchUpAsync();
        }

        await run.RunAsync(4);
        var times = counts.Keys.Order().ToArray();
        Assert.Equal(Enumerable.Range(1, times.Length).Select(batch => batch * 1000L), times);
        Assert.Equal(times, windows.Keys.Order());
        (string, long)[] expected = [("a", 6), ("b", 3), ("c", 3), ("d", 3), ("e", 3)];
        Assert.Equal(expected, counts[times[^1]].Order());
        Assert.Equal(expected, windows[times[^1]].Order());
    }

    [Fact]
    public async Task A_source_keeps_its_splits_where_the_job_has_another_parallelism()
    {
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            Build(first, "first", splits: null);
            await first.RunAsync(2);
            await first.StopWithSavepointAsync(Savepoint);
        }

        var options = new JobOptions { Parallelism = 5, Savepoint = Savepoint };
        await using var other = await CheckpointRun.CreateAsync(_clock, options);
        Build(other, "other", splits: null);
        Assert.Equal(
            "source rate: splits 2 written, 5 in the job; positions are by split: give it 2 splits: where the program makes it, or by JobOptions.Parallelism (millrace.task.parallelism) with all others that name no number",
            Assert.Single(other.Context.CompareWithSavepoint().Refused));

        await using var fixedTo = await CheckpointRun.CreateAsync(_clock, options);
        Build(fixedTo, "fixed", splits: 3);
        Assert.Equal(
            "source rate: splits 2 written, 3 in the job; positions are by split: begin on a source that has 2, which this one does not leave to the job",
            Assert.Single(fixedTo.Context.CompareWithSavepoint().Refused));

        await using var same = await CheckpointRun.CreateAsync(_clock, options);
        var rows = Build(same, "same", splits: 2);
        Assert.Empty(same.Context.CompareWithSavepoint().Refused);
        await same.CatchUpAsync();
        await same.RunAsync(2);
        var last = rows.Keys.Max();
        Assert.Equal(rows[last].Max() - 9, rows[last].Min());
        Assert.Equal(10, rows[last].Length);
        Assert.Equal(rows[last - 1000].Max() + 1, rows[last].Min());

        ConcurrentDictionary<long, long[]> Build(CheckpointRun run, string directory, int? splits)
        {
            var collected = run.Collect(run.Context.RateStream(10, splits).Map(row => row.Value));
            run.Context.Checkpoint(Path.Combine(_folder.FullName, directory));
            return collected;
        }
    }

    [Fact]
    public async Task State_that_a_partitioner_of_the_user_has_placed_stays_where_it_is()
    {
        _queue.Enqueue(["a", "b", "c"]);
        await using (var first = await CheckpointRun.CreateAsync(_clock))
        {
            Build(first, "first", new FirstLetter(2));
            await first.RunAsync(1);
            await first.StopWithSavepointAsync(Savepoint);
        }

        await using var more = await CheckpointRun.CreateAsync(_clock, new JobOptions { Parallelism = 2, Savepoint = Savepoint });
        Build(more, "more", new FirstLetter(3));
        var refused = Assert.Single(more.Context.CompareWithSavepoint().Refused);
        Assert.Contains("table states lies on 2 partitions by ", refused, StringComparison.Ordinal);
        Assert.Contains("on 3 in the job; keep its partitioner and its number of partitions", refused, StringComparison.Ordinal);

        await using var same = await CheckpointRun.CreateAsync(_clock, new JobOptions { Parallelism = 2, Savepoint = Savepoint });
        Build(same, "same", new FirstLetter(2));
        Assert.Empty(same.Context.CompareWithSavepoint().Refused);

        void Build(CheckpointRun run, string directory, FirstLetter partitioner)
        {
            run.Collect(run.Context.QueueStream(_queue).Map(word => (word, 1L))
                .UpdateStateByKey<string, long, long>((values, former) => values.Sum() + former.GetOrElse(0), partitioner).WithName("counts"));
            run.Context.Checkpoint(Path.Combine(_folder.FullName, directory));
        }
    }

    [Fact]
    public async Task Records_that_fail_are_dead_letters_of_the_running_job()
    {
        var isHealed = false;
        _queue.Enqueue(["1", "two", "3"]);
        await using var run = await CheckpointRun.CreateAsync(_clock);
        var numbers = run.Collect(run.Context.QueueStream(_queue).Map(text => isHealed ? text.Length : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).OnError(ErrorPolicy.DeadLetter));
        await run.RunAsync(1);
        var letter = Assert.Single(await run.Context.Job!.DeadLetters.ReadAsync());
        Assert.Equal("two", letter.Record);
        Volatile.Write(ref isHealed, true);

        var replayed = run.Context.Job.DeadLetters.ReplayAllAsync();
        while (!replayed.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await run.CatchUpAsync();
        }

        await replayed;
        Assert.Equal([1, 3, 3], numbers.Values.SelectMany(batch => batch).Order());
    }

    private sealed class FirstLetter(int partitions) : Millrace.DStreams.Rdds.Partitioner<string>(partitions)
    {
        public override int GetPartition(string key) => key[0] % NumPartitions;
    }

    private void Build(
        CheckpointRun run,
        string directory,
        int partitions,
        out ConcurrentDictionary<long, (string, long)[]> counts,
        out ConcurrentDictionary<long, (string, long)[]> windows)
    {
        var pairs = run.Context.QueueStream(_queue).Map(word => (word, 1L));
        counts = run.Collect(pairs.UpdateStateByKey<string, long, long>((values, former) => values.Sum() + former.GetOrElse(0), numPartitions: partitions).WithName("counts"));
        windows = run.Collect(pairs.ReduceByKeyAndWindow((left, right) => left + right, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), numPartitions: partitions).WithName("window"));
        run.Context.Checkpoint(Path.Combine(_folder.FullName, directory));
    }
}
