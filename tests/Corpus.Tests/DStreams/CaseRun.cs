using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Runtime.Checkpoints;
using DStreamTime = Millrace.DStreams.Time;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>A context on a clock that stands still until it is moved. Batch k has the time k × interval.</summary>
internal sealed class CaseRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _clock;
    private readonly MillraceHost _host;
    private readonly SemaphoreSlim _done = new(0);

    private CaseRun(FakeTimeProvider clock, MillraceHost host, TimeSpan interval, int partitions)
    {
        (_clock, _host) = (clock, host);
        Context = new StreamingContext(host, interval, new JobOptions { Parallelism = partitions });
    }

    public StreamingContext Context { get; }

    public static async Task<CaseRun> StartAsync(TimeSpan interval, int partitions = 2)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            options.Clock = clock;
            options.StopsOnSignal = false;
            options.Journals = _ => new MemoryJournal(isDurable: true);
        });
        return new(clock, host, interval, partitions);
    }

    /// <summary>A stream of the given batches; behind the last one they are empty.</summary>
    public DStream<string> Input(JsonArray batches) =>
        Context.QueueStream(new ConcurrentQueue<string[]>(batches.Select(batch => batch is null ? null! : batch.AsArray().Select(Text.Of).ToArray())));

    /// <summary>What a stream holds in each of its batches.</summary>
    public static List<(DStreamTime Time, string[] Rows, int Partitions)> Collect(DStream<string> stream)
    {
        var batches = new List<(DStreamTime, string[], int)>();
        stream.ForeachRDD((rdd, time) => batches.Add((time, rdd.Collect(), rdd.NumPartitions)));
        return batches;
    }

    /// <summary>Runs so many batches, each when the one before is done, and stops. The last output operation of the program is added here.</summary>
    public async Task RunAsync<T>(DStream<T> every, int batches)
    {
        every.ForeachRDD(_ => _done.Release());
        await Context.StartAsync();
        for (var batch = 0; batch < batches; batch++)
        {
            _clock.Advance(Context.BatchDuration);
            await await Task.WhenAny(_done.WaitAsync(), Context.AwaitTerminationAsync()).WaitAsync(Patience);
        }

        await Context.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        await _host.DisposeAsync();
        _done.Dispose();
    }
}
