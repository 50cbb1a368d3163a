using Millrace.Bench.Macro.Workloads;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The product, by its public API, with exactly-once state.</summary>
internal sealed partial class MillraceEngine : IEngine
{
    private readonly MillraceHosting _hosting;
    private MillraceHost? _host;

    /// <param name="hosting">Embedded, or as a node; and where its journal is.</param>
    public MillraceEngine(MillraceHosting hosting)
    {
        _hosting = hosting;
        Programs =
        [
            new EngineProgram<string>(Grep.Workload, "filter", ResultKind.Final, CountMatchesAsync),
            new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplitAsync),
            new EngineProgram<string>(WordCount.Workload, "split-map", ResultKind.TablePerBatch, CountWordsBySplitAndMapAsync),
            new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpanAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplitAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpanAsync),
            new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplitAsync),
            new EngineProgram<string>(TopWords.Workload, "split-sort", ResultKind.TopPerSlide, FindTopBySortAsync),
            new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpanAsync),
            new EngineProgram<AdEvent>(CampaignCount.Workload, "window", ResultKind.WindowPerSlide, CountViewsAsync),
            new EngineProgram<AdEvent>(CampaignCount.Workload, "window-of-batch", ResultKind.WindowPerSlide, CountViewsOfBatchAsync),
            new EngineProgram<AdEvent>(CampaignCount.Workload, "event-time", ResultKind.WindowPerFourPasses, CountViewsByTimeAsync),
            new EngineProgram<KeyValue>(KeyedSum.Workload, "running-reduce", ResultKind.ChangesPerThirtyBatches, SumAsync),
            new EngineProgram<string>(ClusterWorkloads.WordCount, "split", ResultKind.TablePerBatch, CountWordsBySplitAsync),
            new EngineProgram<string>(ClusterWorkloads.WordCount, "span", ResultKind.TablePerBatch, CountWordsBySpanAsync),
            new EngineProgram<AdEvent>(ClusterWorkloads.CampaignCount, "event-time", ResultKind.WindowPerFourPasses, CountViewsByTimeAsync),
            new EngineProgram<AdEvent>(Crossing.Workload, "hash", ResultKind.WindowPerSlide, SumWhereKeysAreAsync),
        ];
    }

    public string Name => _hosting.Name;

    public IReadOnlyList<EngineProgram> Programs { get; }

    /// <summary>Where other nodes join; null when embedded.</summary>
    public string? NodeAddress => _host!.NodeAddress;

    /// <inheritdoc/>
    public long Crossed { get; private set; }

    public async Task StartAsync() => _host = await _hosting.StartAsync();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private StreamingContext NewContext()
    {
        Crossed = 0;
        var directory = _hosting.BeginRun();
        var context = new StreamingContext(_host!, 1.Milliseconds(), new JobOptions { Name = Path.GetFileName(directory) });
        return directory is null ? context : StreamingContext.GetOrCreate(directory, () => context);
    }

    private async Task RunAsync(StreamingContext context)
    {
        await context.StartAsync();
        await context.AwaitTerminationAsync();
        await context.StopAsync();
        _hosting.EndRun();
    }
}
