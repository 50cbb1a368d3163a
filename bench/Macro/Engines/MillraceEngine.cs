using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The product, by its public API: embedded, exactly-once state, journal in memory, or each epoch durable in a SQLite file.</summary>
internal sealed partial class MillraceEngine : IEngine
{
    private readonly bool _isDurable;
    private MillraceHost? _host;
    private string? _checkpoint;

    /// <param name="isDurable">Whether every run keeps checkpoints, in a directory of its own.</param>
    public MillraceEngine(bool isDurable)
    {
        _isDurable = isDurable;
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
            new EngineProgram<AdEvent>(CampaignCount.Workload, "event-time", ResultKind.WindowPerSlide, CountViewsByTimeAsync),
            new EngineProgram<KeyValue>(KeyedSum.Workload, "running-reduce", ResultKind.ChangesPerThirtyBatches, SumAsync),
        ];
    }

    public string Name => _isDurable ? EngineCatalog.Durable : EngineCatalog.InMemory;

    public IReadOnlyList<EngineProgram> Programs { get; }

    public async Task StartAsync() => _host = await MillraceHost.StartEmbeddedAsync(options => options.StopsOnSignal = false);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private StreamingContext NewContext()
    {
        var context = new StreamingContext(_host!, 1.Milliseconds());
        if (_isDurable)
            context.Checkpoint(_checkpoint = Directory.CreateTempSubdirectory("millrace-bench-").FullName);
        return context;
    }

    private async Task RunAsync(StreamingContext context)
    {
        await context.StartAsync();
        await context.AwaitTerminationAsync();
        await context.StopAsync();
        if (_checkpoint is not null)
            Directory.Delete(_checkpoint, recursive: true);
    }
}
