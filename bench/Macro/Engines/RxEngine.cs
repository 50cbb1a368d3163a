using System.Reactive.Subjects;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>System.Reactive: the whole program runs inline on the thread that pushes.</summary>
internal sealed partial class RxEngine : IEngine
{
    public string Name => "rx";

    public IReadOnlyList<EngineProgram> Programs { get; } =
    [
        new EngineProgram<string>(Grep.Workload, "where", ResultKind.Final, CountMatches),
        new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplit),
        new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpan),
        new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplit),
        new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpan),
        new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplit),
        new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpan),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "scan", ResultKind.WindowPerSlide, CountViews),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "aggregate", ResultKind.Final, SumByAggregate),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "group-by", ResultKind.EveryRecord, SumByGroup),
    ];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Push<T>(Input<T> input, Subject<T> subject)
    {
        for (long batch = 0; batch < input.BatchCount; batch++)
        {
            foreach (var record in input.Batch(batch)) subject.OnNext(record);
        }

        subject.OnCompleted();
    }
}
