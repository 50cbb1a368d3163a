using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>One thread, the best loop: what all ratios refer to. The later variants are context.</summary>
internal sealed partial class HandwrittenEngine : IEngine
{
    public string Name => EngineCatalog.Reference;

    public IReadOnlyList<EngineProgram> Programs { get; } =
    [
        new EngineProgram<string>(Grep.Workload, "contains", ResultKind.Final, CountMatches),
        new EngineProgram<string>(Grep.Workload, "search-values", ResultKind.Final, CountMatchesBySearchValues),
        new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpan),
        new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplit),
        new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpan),
        new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplit),
        new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpan),
        new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplit),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "array", ResultKind.WindowPerSlide, CountViewsByArray),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "array-if", ResultKind.WindowPerSlide, CountViewsByBranch),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "dictionary", ResultKind.WindowPerSlide, CountViewsByDictionary),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "open-addressing", ResultKind.Final, SumByOpenAddressing),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "dictionary", ResultKind.Final, SumByDictionary),
    ];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
