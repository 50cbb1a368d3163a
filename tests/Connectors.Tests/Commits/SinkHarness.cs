using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Connectors.Tests.Commits;

/// <summary>Plays the runtime's part for one partition of a sink: epochs that are written, prepared, committed, aborted, and looked up when their outcome is unknown.</summary>
internal sealed class SinkHarness<T>(ISink<T> sink, int partition = 0, string job = "job", string @operator = "sink") : IDisposable
{
    private readonly List<ISinkWriter<T>> _writers = [];

    /// <summary>What commits said of an outside that does not take them.</summary>
    public ConcurrentQueue<string> Warnings { get; } = new();

    /// <summary>Outcomes of every commit, in order.</summary>
    public ConcurrentQueue<SinkOutcome> Outcomes { get; } = new();

    /// <summary>A new writer on the same outside: what a restart or a new owner opens.</summary>
    public ISinkWriter<T> Open()
    {
        var writer = sink.Open(new SinkContext(new JobId(job), new OperatorId(@operator), new PartitionId(partition), 4));
        _writers.Add(writer);
        return writer;
    }

    public static void Stage(ISinkWriter<T> writer, long epoch, params T[] rows)
    {
        writer.Begin(Info(epoch));
        foreach (var row in rows)
            writer.Write(Batch<T>.Of(row));
        writer.Prepare(new Epoch(epoch));
    }

    /// <summary>One commit: how it ended.</summary>
    public async Task<(SinkOutcome Outcome, long Watermark)> Commit(ISinkWriter<T> writer, long previous, long epoch)
    {
        var answer = new TaskCompletionSource<(SinkOutcome, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Commit(new SinkCommit(Info(epoch), new Epoch(previous), (outcome, watermark) => answer.SetResult((outcome, watermark)), answer.SetException) { Warn = Warnings.Enqueue });
        var (outcome, watermark) = await answer.Task.WaitAsync(Waiting.Timeout);
        Outcomes.Enqueue(outcome);
        return (outcome, watermark);
    }

    /// <summary>Stages and commits, and goes on until the outside holds the epoch, as the runtime does.</summary>
    public async Task Deliver(ISinkWriter<T> writer, long previous, long epoch, params T[] rows)
    {
        Stage(writer, epoch, rows);
        for (; ; )
        {
            var (outcome, watermark) = await Commit(writer, previous, epoch);
            if (outcome == SinkOutcome.Unknown)
                watermark = writer.ReadWatermark() ?? previous;
            if (outcome == SinkOutcome.Applied || watermark >= epoch)
                return;
            Assert.Equal(previous, watermark);
        }
    }

    public async Task<Exception> Fails(ISinkWriter<T> writer, long previous, long epoch, params T[] rows)
    {
        Stage(writer, epoch, rows);
        var error = await Assert.ThrowsAnyAsync<MillraceException>(() => Commit(writer, previous, epoch));
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    public void Dispose() => _writers.ForEach(writer => writer.Dispose());

    private static EpochInfo Info(long epoch) => new(new Epoch(epoch), epoch * 1000, epoch);
}
