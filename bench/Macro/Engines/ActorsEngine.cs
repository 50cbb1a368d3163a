using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>Plain Akka actors: a message per record, and an acknowledged window so that mailboxes stay short.</summary>
internal sealed partial class ActorsEngine : IEngine
{
    private ActorSystem? _system;

    public ActorsEngine()
    {
        Programs =
        [
            new EngineProgram<string>(Grep.Workload, "tell", ResultKind.Final, CountMatchesAsync),
            new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplitAsync),
            new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpanAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplitAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpanAsync),
            new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplitAsync),
            new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpanAsync),
            new EngineProgram<AdEvent>(CampaignCount.Workload, "tell", ResultKind.WindowPerSlide, CountViewsByTellAsync),
            new EngineProgram<KeyValue>(KeyedSum.Workload, "tell", ResultKind.Final, SumByTellAsync),
        ];
    }

    public string Name => "actors";

    public IReadOnlyList<EngineProgram> Programs { get; }

    private ActorSystem System => _system ?? throw new InvalidOperationException("A started engine expected.");

    public Task StartAsync()
    {
        _system = AkkaSystems.Start(Name);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_system is not null) await _system.Terminate();
    }
}
