using System.Diagnostics;
using Millrace.Connectors.Files;
using Millrace.Connectors.Receivers;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>What is wrong with where the rows come from, and the one line that the user gets.</summary>
public sealed class BadSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly LogLines _logs = new();

    private string Watched => Path.Combine(_folder.FullName, "in");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _logs.Dispose();
    }

    [Fact]
    public async Task A_directory_that_is_a_file_fails_the_start()
    {
        File.WriteAllText(Watched, "");
        await using var run = await BatchRun.CreateAsync();
        var lines = run.Context.TextFileStream(Watched);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(lines, 1));

        Assert.Contains($"Source directory {Watched}: it is a file, a directory expected; correct the path.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_directory_that_vanishes_is_warned_of_once_and_read_when_it_is_back()
    {
        Directory.CreateDirectory(Watched);
        await using var run = await BatchRun.CreateAsync(logs: _logs);
        var stream = run.Context.TextFileStream(Watched, All);
        var batches = run.Collect(stream);
        using var done = new SemaphoreSlim(0);
        stream.ForeachRDD(_ => done.Release());
        await run.Context.StartAsync();

        await BatchAsync();
        Directory.Delete(Watched);
        await BatchAsync();
        await BatchAsync();
        Directory.CreateDirectory(Watched);
        File.WriteAllText(Path.Combine(Watched, "a"), "a");
        await BatchAsync();

        Assert.Equal([[], [], [], ["a"]], batches.Select(batch => batch.Rows));
        Assert.Contains("it does not exist; no files come until it is back", Assert.Single(_logs.Warnings), StringComparison.Ordinal);

        async Task BatchAsync()
        {
            run.Advance(1);
            await await Task.WhenAny(done.WaitAsync(), run.Context.AwaitTerminationAsync()).WaitAsync(BatchRun.Patience);
        }
    }

    [Fact]
    public async Task A_link_out_of_the_directory_and_a_fifo_are_left_out_counted_and_warned_of()
    {
        Directory.CreateDirectory(Watched);
        var outside = Path.Combine(_folder.FullName, "outside");
        File.WriteAllText(outside, "secret");
        File.CreateSymbolicLink(Path.Combine(Watched, "link"), outside);
        using (var make = Process.Start("mkfifo", [Path.Combine(Watched, "fifo")]))
            await make.WaitForExitAsync().WaitAsync(BatchRun.Patience);
        File.WriteAllText(Path.Combine(Watched, "plain"), "plain");
        await using var run = await BatchRun.CreateAsync(logs: _logs);
        var stream = run.Context.TextFileStream(Watched, All);
        var batches = run.Collect(stream);

        await run.RunAsync(stream, 2);

        Assert.Equal([["plain"], []], batches.Select(batch => batch.Rows));
        Assert.Contains(_logs.Warnings, line => line.Contains("file link is ignored: it is a link that leads outside the directory, or nowhere", StringComparison.Ordinal));
        Assert.Contains(_logs.Warnings, line => line.Contains("file fifo is ignored: it is a FIFO, a socket or a device", StringComparison.Ordinal));
        Assert.All(_logs.Warnings, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public async Task A_receiver_that_throws_in_its_start_is_told_of_and_the_other_streams_go_on()
    {
        await using var run = await BatchRun.CreateAsync();
        var ear = new Ear();
        run.Context.AddStreamingListener(ear);
        var broken = run.Collect(run.Context.ReceiverStream(() => new BrokenReceiver()));
        var numbers = run.Context.QueueStream(new System.Collections.Concurrent.ConcurrentQueue<int[]>([[1], [2]]));
        var rows = run.Collect(numbers);
        await run.Context.StartAsync();
        Assert.Equal("OnStart threw: InvalidOperationException: no server", await ear.Heard.WaitAsync(BatchRun.Patience));

        await run.Context.StopAsync(graceful: true).WaitAsync(BatchRun.Patience);

        Assert.Equal([1], rows.SelectMany(batch => batch.Rows));
        Assert.All(broken, batch => Assert.Empty(batch.Rows));
    }

    [Theory]
    [InlineData(true, "Source receiver: the receiver's factory threw FormatException: no port")]
    [InlineData(false, "Source receiver: a receiver expected from the factory, null found.")]
    public async Task A_receiver_that_is_not_made_fails_the_start(bool throws, string expected)
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.ReceiverStream<int>(() => throws ? throw new FormatException("no port") : null!);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(stream, 1));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static DirectorySourceOptions All => new() { NewFilesOnly = false };

    private sealed class BrokenReceiver : Receiver<int>
    {
        protected override void OnStart() => throw new InvalidOperationException("no server");

        protected override void OnStop()
        {
        }
    }

    private sealed class Ear : StreamingListener
    {
        private readonly TaskCompletionSource<string?> _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string?> Heard => _heard.Task;

        public override void OnReceiverError(ReceiverInfo receiver) => _heard.TrySetResult(receiver.LastErrorMessage);
    }
}
