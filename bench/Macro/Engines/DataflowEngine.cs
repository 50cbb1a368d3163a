using System.Threading.Tasks.Dataflow;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>TPL Dataflow: bounded blocks, a post per record.</summary>
internal sealed partial class DataflowEngine : IEngine
{
    public string Name => "dataflow";

    public IReadOnlyList<EngineProgram> Programs { get; } =
    [
        new EngineProgram<string>(Grep.Workload, "action-block", ResultKind.Final, CountMatchesAsync),
        new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplitAsync),
        new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpanAsync),
        new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplitAsync),
        new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpanAsync),
        new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplitAsync),
        new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpanAsync),
        new EngineProgram<AdEvent>(CampaignCount.Workload, "action-block", ResultKind.WindowPerSlide, CountViewsAsync),
        new EngineProgram<KeyValue>(KeyedSum.Workload, "action-block", ResultKind.Final, SumByActionBlockAsync),
    ];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Posts while the block has room, waits when it has none.</summary>
    private static async Task SendAsync<T>(Input<T> input, ITargetBlock<T> block)
    {
        foreach (var record in input.Records())
        {
            if (!block.Post(record)) await block.SendAsync(record);
        }

        block.Complete();
    }
}
