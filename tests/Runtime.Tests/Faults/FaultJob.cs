using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Faults;

/// <summary>One seed: random data, a random pipeline, user functions that throw here and there, and what must come out.</summary>
internal sealed class FaultJob
{
    private readonly Random _random;
    private readonly int _seed;
    private readonly int _parallelism;
    private readonly (int Key, long Value)[][] _epochs;
    private readonly List<FaultStage> _stages = [];
    private readonly List<FaultPoint> _faults = [];
    private readonly List<long?> _poison = [];
    private readonly ConcurrentBag<int> _undoEntries = [];
    private readonly LedgerSink<(int Key, long Value)> _sink;

    public FaultJob(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _parallelism = _random.Next(1, 4);
        _sink = new(_random.Next(2) == 0 ? seed : null);
        var rowsMax = _random.Next(4) switch { 0 => 5000, 1 => 1500, 2 => 200, _ => 5 };
        var keys = _random.Next(1, 30);
        _epochs = [.. Enumerable.Range(0, _random.Next(1, 7)).Select(epoch => Enumerable.Range(0, _random.Next(rowsMax + 1))
            .Select(row => (_random.Next(keys), ((epoch + 1) * 1_000_000L) + row)).ToArray())];
        ChooseStages();
        ChooseFaults();
    }

    public int RecordsPoisoned => _poison.Count(poison => poison is not null);

    public int Thrown => _faults.Sum(fault => fault.Thrown);

    public async Task<JobCounters> RunAsync(IJobRunner host)
    {
        var options = new JobOptions
        {
            Name = $"fault-{_seed}",
            EpochInterval = TimeSpan.FromMilliseconds(1),
            EmptyEpochs = EmptyEpochs.Show,
            Parallelism = _parallelism,
            KeyGroups = 16,
            OnError = RecordsPoisoned > 0 ? ErrorPolicy.Skip : ErrorPolicy.Fail,
        };
        var job = await host.StartAsync(Build(), options);
        await job.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(JobState.Completed, job.State);
        var expected = Expect();
        var found = _sink.Rows.Select(entry => (entry.Epoch, entry.Row.Key, entry.Row.Value)).Order().ToList();
        Assert.Equal(expected.Count, found.Count);
        Assert.True(expected.SequenceEqual(found), $"Rows differ, the first at {expected.Zip(found).FirstOrDefault(pair => pair.First != pair.Second)}.");
        Assert.Equal(RecordsPoisoned, job.Counters.RecordsSkipped);
        Assert.All(_undoEntries, count => Assert.Equal(0, count));
        Assert.Equal(0, ((JobHandle)job).Meter.InFlight);
        Assert.InRange(job.Counters.BatchesInFlightMax, 0, job.Counters.CreditBatches * (job.Counters.Attempts + 1));
        return job.Counters;
    }

    public override string ToString() =>
        $"{_epochs.Length} epochs of {string.Join('+', _epochs.Select(rows => rows.Length))} rows, {string.Join(" → ", _stages)} × {_parallelism}, {RecordsPoisoned} poisoned";

    private void ChooseStages()
    {
        _stages.Add(FaultStage.Map);
        for (var count = _random.Next(1, 5); count > 0; count--)
            _stages.Add((FaultStage)_random.Next(_stages.Contains(FaultStage.Expand) ? 2 : 1, 6));
        if (_random.Next(4) == 0)
            _stages.Add(FaultStage.GlobalReduce);
    }

    private void ChooseFaults()
    {
        var rows = _epochs.Sum(epoch => epoch.Length);
        foreach (var stage in _stages)
        {
            var calls = stage == FaultStage.UpdateState ? _epochs.Length * 10 : rows;
            var times = _random.Next(2) == 0 ? _random.Next(1, 3) : 0;
            var isNearSource = _faults.Count == 0 || (_faults.Count == 1 && stage == FaultStage.RunningSum);
            long? poison = isNearSource && rows > 0 && _random.Next(5) == 0 ? PickValue() : null;
            if (_poison.Contains(poison))
                poison = null;
            _poison.Add(poison);
            _faults.Add(new FaultPoint(1 + _random.Next(calls + 1), times, poison));
        }
    }

    private long PickValue()
    {
        var filled = _epochs.Where(epoch => epoch.Length > 0).ToArray();
        var epoch = filled[_random.Next(filled.Length)];
        return epoch[_random.Next(epoch.Length)].Value;
    }

    private StreamGraph Build()
    {
        var graph = new StreamGraph();
        var port = graph.AddSource("queue", new QueueSource<(int Key, long Value)>(new(_epochs), endsWhenEmpty: true));
        for (var stage = 0; stage < _stages.Count; stage++)
            port = Add(graph, port, _stages[stage], _faults[stage]);
        graph.AddSink("ledger", port, _sink);
        return graph;
    }

    private OutputPort<(int Key, long Value)> Add(StreamGraph graph, OutputPort<(int Key, long Value)> port, FaultStage stage, FaultPoint fault)
    {
        var hashed = Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>());
        var keyed = new NodeOptions { IsStateful = true, Parallelism = _random.Next(1, 4) };
        switch (stage)
        {
            case FaultStage.Map:
                return Pass(null);
            case FaultStage.ExchangedMap:
                return Pass(AnyExchange());
            case FaultStage.Expand:
                return graph.AddOperator<(int Key, long Value), (int Key, long Value)>("expand", port, () => new FlatMapOperator<(int Key, long Value), (int Key, long Value)>((row, output) =>
                {
                    output.Add(row);
                    fault.OnCall(row.Value);
                    foreach (var more in Expand(row))
                        output.Add(more);
                }));
            case FaultStage.RunningSum:
                return graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                    "runningSum", port, () => new RunningSumOperator(fault.OnCall, _undoEntries), keyed, hashed);
            case FaultStage.UpdateState:
                return graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                    "updateState",
                    port,
                    () => new UpdateStateByKeyOperator<int, long, long>((values, state) =>
                    {
                        fault.OnCall(-1);
                        return Update(values.Sum(), state);
                    }),
                    keyed,
                    hashed);
            case FaultStage.GlobalReduce:
                return graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                    "reduce", port, () => new ReduceOperator<(int Key, long Value)>((left, right) => (0, Sum(fault, left.Value, right.Value))), null, Exchange<(int, long)>.Global);
            default:
                var combined = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                    "combineByKey", port, () => new CombineByKeyOperator<int, long>((left, right) => Sum(fault, left, right)));
                return graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                    "reduceByKey", combined, () => new ReduceByKeyOperator<int, long>((left, right) => Sum(fault, left, right)), keyed, hashed);
        }

        OutputPort<(int Key, long Value)> Pass(Exchange<(int, long)>? exchange) => graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "map",
            port,
            () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row =>
            {
                fault.OnCall(row.Value);
                return row;
            }),
            null,
            exchange);
    }

    private Exchange<(int Key, long Value)> AnyExchange() => _random.Next(7) switch
    {
        0 => Exchange<(int Key, long Value)>.Rebalance,
        1 => Exchange<(int Key, long Value)>.Rescale,
        2 => Exchange<(int Key, long Value)>.LocalOrShuffle,
        3 => Exchange<(int Key, long Value)>.TwoChoice(new KeyPartitioner<int, long>()),
        4 => Exchange<(int Key, long Value)>.Direct(row => (int)((ulong)row.Value % (ulong)_parallelism)),
        5 => Exchange<(int Key, long Value)>.Custom(new ModuloSelector<(int Key, long Value)>(row => (int)(row.Value & int.MaxValue))),
        _ => Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()),
    };

    private static long Sum(FaultPoint fault, long left, long right)
    {
        fault.OnCall(-1);
        return left + right;
    }

    private static IEnumerable<(int Key, long Value)> Expand((int Key, long Value) row)
    {
        for (var more = 1; more <= (int)(Math.Abs(row.Value) % 4); more++)
            yield return (row.Key + more, row.Value + more);
    }

    private static Option<long> Update(long sum, Option<long> state) =>
        (sum + state.GetOrElse(0)) % 7 == 3 ? Option<long>.None : sum + state.GetOrElse(0);

    /// <summary>The sequential oracle: every stage by hand, epoch after epoch; one more epoch finds the queue empty.</summary>
    private List<(long Epoch, int Key, long Value)> Expect()
    {
        var states = _stages.Select(_ => new Dictionary<int, long>()).ToArray();
        var expected = new List<(long, int, long)>();
        for (var epoch = 0; epoch <= _epochs.Length; epoch++)
        {
            IReadOnlyList<(int Key, long Value)> rows = epoch < _epochs.Length ? _epochs[epoch] : [];
            for (var stage = 0; stage < _stages.Count; stage++)
                rows = Expect(_stages[stage], [.. rows.Where(row => row.Value != _poison[stage])], states[stage]);
            expected.AddRange(rows.Select(row => (epoch + 1L, row.Key, row.Value)));
        }

        expected.Sort();
        return expected;
    }

    private static IReadOnlyList<(int Key, long Value)> Expect(FaultStage stage, IReadOnlyList<(int Key, long Value)> rows, Dictionary<int, long> state)
    {
        switch (stage)
        {
            case FaultStage.Map or FaultStage.ExchangedMap:
                return rows;
            case FaultStage.Expand:
                return [.. rows.SelectMany(row => Expand(row).Prepend(row))];
            case FaultStage.RunningSum:
                foreach (var (key, value) in rows)
                    state[key] = state.GetValueOrDefault(key) + value;
                return [.. rows, .. state.Select(entry => (~entry.Key, entry.Value))];
            case FaultStage.UpdateState:
                var sums = rows.GroupBy(row => row.Key).ToDictionary(group => group.Key, group => group.Sum(row => row.Value));
                foreach (var key in state.Keys.Union(sums.Keys).ToArray())
                {
                    var next = Update(sums.GetValueOrDefault(key), state.TryGetValue(key, out var before) ? before : Option<long>.None);
                    if (next.HasValue)
                        state[key] = next.Value;
                    else
                        state.Remove(key);
                }

                return [.. state.Select(entry => (entry.Key, entry.Value))];
            case FaultStage.GlobalReduce:
                return rows.Count switch { 0 => [], 1 => rows, _ => [(0, rows.Sum(row => row.Value))] };
            default:
                return [.. rows.GroupBy(row => row.Key).Select(group => (group.Key, group.Sum(row => row.Value)))];
        }
    }
}
