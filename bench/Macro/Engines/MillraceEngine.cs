using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The product, by its public API: embedded, exactly-once state, journal in memory.</summary>
internal sealed partial class MillraceEngine : IEngine
{
    private MillraceHost? _host;

    public MillraceEngine() => Programs =
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
        new EngineProgram<KeyValue>(KeyedSum.Workload, "running-reduce", ResultKind.ChangesPerThirtyBatches, SumAsync),
    ];

    public string Name => "millrace";

    public IReadOnlyList<EngineProgram> Programs { get; }

    public async Task StartAsync() => _host = await MillraceHost.StartEmbeddedAsync(options => options.StopsOnSignal = false);

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private StreamingContext NewContext() => new(_host!, 1.Milliseconds());

    private static async Task RunAsync(StreamingContext context)
    {
        await context.StartAsync();
        await context.AwaitTerminationAsync();
        await context.StopAsync();
    }
}
