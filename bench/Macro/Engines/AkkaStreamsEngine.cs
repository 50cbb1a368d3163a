using Akka.Actor;
using Akka.Streams;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>Akka.Streams: one fused island, pulled one element at a time.</summary>
internal sealed partial class AkkaStreamsEngine : IEngine
{
    private ActorSystem? _system;
    private ActorMaterializer? _materializer;

    public AkkaStreamsEngine()
    {
        Programs =
        [
            new EngineProgram<string>(Grep.Workload, "where", ResultKind.Final, CountMatchesAsync),
            new EngineProgram<string>(WordCount.Workload, "split", ResultKind.TablePerBatch, CountWordsBySplitAsync),
            new EngineProgram<string>(WordCount.Workload, "span", ResultKind.TablePerBatch, CountWordsBySpanAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "split", ResultKind.WindowPerSlide, CountWindowBySplitAsync),
            new EngineProgram<string>(SlidingWordCount.Workload, "span", ResultKind.WindowPerSlide, CountWindowBySpanAsync),
            new EngineProgram<string>(TopWords.Workload, "split", ResultKind.TopPerSlide, FindTopBySplitAsync),
            new EngineProgram<string>(TopWords.Workload, "span", ResultKind.TopPerSlide, FindTopBySpanAsync),
            new EngineProgram<AdEvent>(CampaignCount.Workload, "stateful", ResultKind.WindowPerSlide, CountViewsAsync),
            new EngineProgram<KeyValue>(KeyedSum.Workload, "aggregate", ResultKind.Final, SumByAggregateAsync),
        ];
    }

    public string Name => "akka-streams";

    public IReadOnlyList<EngineProgram> Programs { get; }

    private ActorMaterializer Materializer => _materializer ?? throw new InvalidOperationException("A started engine expected.");

    public Task StartAsync()
    {
        _system = AkkaSystems.Start(Name);
        _materializer = _system.Materializer();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _materializer?.Dispose();
        if (_system is not null) await _system.Terminate();
    }
}
