using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class CheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private int _directories;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Next_action_writes_all_rows_and_cuts_the_lineage()
    {
        var (rows, computed) = Datasets.Counting([1, 2], [3], []);
        var path = NewPath();
        var tens = rows.Map(row => row * 10).Checkpoint(path);
        var more = tens.Map(row => row + 1);
        Assert.False(tens.IsCheckpointed);
        Assert.Null(tens.CheckpointFile);
        Assert.False(Directory.Exists(path));

        Assert.Equal([11], more.Take(1));

        Assert.True(tens.IsCheckpointed);
        Assert.Equal(path, tens.CheckpointFile);
        Assert.Empty(tens.Dependencies);
        Assert.Equal([[11, 21], [31], []], more.Rows());
        Assert.Equal([2, 1, 1], computed);
        Assert.Equal([[10, 20], [30], []], Rdd.ObjectFile<int>(path).Rows());
        Assert.Equal(
            [$"(3) MapPartitionsRdd[{more.Id}] at map []", $" |  ReliableCheckpointRdd[{tens.Id}] at map []"],
            more.ToDebugString().Split('\n'));
    }

    [Fact]
    public void What_is_kept_is_not_computed_again_to_be_written_and_stays()
    {
        var (rows, computed) = Datasets.Counting([1], [2]);
        rows.Cache().Checkpoint(NewPath());

        rows.Count();
        File.Delete(Path.Combine(rows.CheckpointFile!, "part-00000"));

        Assert.Equal([1, 2], rows.Collect());
        Assert.Equal([1, 1], computed);
        Assert.Equal(2, rows.HeldPartitions);
        rows.DropPartition(1);
        Assert.Equal([1, 2], rows.Collect());
        Assert.Equal([1, 1], computed);
    }

    [Fact]
    public void Rows_come_back_as_they_were() => Datasets.Pairs.Sample(
        partitions =>
        {
            var rows = Datasets.Of(partitions).Checkpoint(NewPath());

            Assert.Equal(partitions.Sum(part => part.Length), rows.Count());
            Assert.Equal(partitions, rows.Rows());
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void A_youngest_checkpoint_leaves_those_behind_it_undone()
    {
        var (first, second) = (NewPath(), NewPath());
        var behind = Datasets.Of([1, 2]).Checkpoint(first);
        var young = behind.Map(row => -row).Checkpoint(second);

        young.Count();

        Assert.True(young.IsCheckpointed);
        Assert.False(behind.IsCheckpointed);
        Assert.False(Directory.Exists(first));
    }

    [Fact]
    public void The_last_one_asked_for_counts_and_what_is_made_stays()
    {
        var path = NewPath();
        var local = Datasets.Of([1]).Checkpoint(path).LocalCheckpoint();
        var reliable = Datasets.Of([1]).LocalCheckpoint().Checkpoint(path);

        local.Count();
        reliable.Count();
        reliable.LocalCheckpoint().Count();

        Assert.Null(local.CheckpointFile);
        Assert.True(local.IsCheckpointed);
        Assert.Equal(path, reliable.CheckpointFile);
    }

    [Fact]
    public void Of_actions_at_once_one_makes_the_checkpoint()
    {
        for (var round = 0; round < 100; round++)
        {
            var rows = Datasets.Of([round]).Checkpoint(NewPath());

            Parallel.For(0, 4, _ => Assert.Equal(1, rows.Count()));

            Assert.Equal([round], Rdd.ObjectFile<int>(rows.CheckpointFile!).Collect());
        }
    }

    [Fact]
    public void Without_a_directory_it_says_what_to_do()
    {
        var failure = Assert.Throws<GraphException>(() => Datasets.Of([1]).Checkpoint());

        Assert.Equal(
            "A checkpoint directory expected, none is set; set one (StreamingContext.Checkpoint), give one here, or use LocalCheckpoint, which keeps the rows in memory.",
            failure.Message);
    }

    [Fact]
    public void Rows_that_cannot_be_written_are_refused_at_once() =>
        Assert.Throws<GraphException>(() => Datasets.Of([new Action(() => { })]).Checkpoint(NewPath()));

    [Fact]
    public void An_action_whose_checkpoint_cannot_be_written_says_so_and_the_lineage_stays()
    {
        var path = NewPath();
        Directory.CreateDirectory(path);
        var rows = Datasets.Of([1, 2]).Map(row => row * 2).Checkpoint(path);

        var failure = Assert.Throws<UserFunctionException>(() => rows.Count());

        Assert.Equal($"checkpoint threw IOException: Output directory {path} exists already, a new one expected.", failure.Message);
        Assert.False(rows.IsCheckpointed);
        Directory.Delete(path);
        Assert.Equal([2, 4], rows.Collect());
        Assert.True(rows.IsCheckpointed);
    }

    [Fact]
    public void A_lost_part_is_named()
    {
        var rows = Datasets.Of([1], [2]).Checkpoint(NewPath());
        rows.Count();
        File.Delete(Path.Combine(rows.CheckpointFile!, "part-00001"));

        Assert.Contains("part-00001", Assert.Throws<UserFunctionException>(() => rows.Collect()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_batch_it_goes_to_the_directory_of_the_context_until_the_next_start()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var checkpoints = NewPath();
        var files = new ConcurrentQueue<string>();
        await RunBatchAsync();
        var first = Assert.Single(files);
        Assert.StartsWith(Path.Combine(checkpoints, "rdds"), first, StringComparison.Ordinal);
        Assert.Equal([2, 4, 6], Rdd.ObjectFile<int>(first).Collect().Order());

        await RunBatchAsync();

        Assert.Equal(2, files.Count);
        Assert.False(Directory.Exists(first));
        Assert.True(Directory.Exists(files.Last()));

        async Task RunBatchAsync()
        {
            await using var run = await CheckpointRun.CreateAsync(clock);
            ConcurrentDictionary<long, int[]> batches = [];
            StreamingContext.GetOrCreate(checkpoints, () =>
            {
                batches = run.Collect(run.Context.QueueStream(new ConcurrentQueue<int[]>([[1, 2, 3]])).Transform(rdd =>
                {
                    var doubled = rdd.Map(row => row * 2).Checkpoint();
                    if (doubled.Count() > 0)
                        files.Enqueue(doubled.CheckpointFile!);
                    return doubled;
                }));
                return run.Context;
            });
            await run.RunAsync(1);
            Assert.Contains(batches.Values, rows => rows.Order().SequenceEqual([2, 4, 6]));
        }
    }

    private string NewPath() => Path.Combine(_folder.FullName, $"{_directories++}");
}
