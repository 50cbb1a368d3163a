using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;

namespace Millrace.Bench.Micro;

/// <summary>A batch of pairs through the sending side of a hash exchange: key group, scatter, numbering, credit; per row.</summary>
[MemoryDiagnoser]
public class ExchangeBenchmarks
{
    private const int Rows = 1024;
    private const int Credits = 1 << 20;

    private readonly (long Key, long Value)[] _rows = [.. Enumerable.Range(0, Rows).Select(row => ((long)row * 7919, 1L))];
    private OutputChannel[] _channels = [];
    private OutputGate<(long Key, long Value)> _gate = null!;
    private int _sent;

    [Params(2, 8)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var meter = new ChannelMeter();
        _channels = [.. Enumerable.Range(0, Partitions).Select(channel => new OutputChannel(new TaskPlace(ActorRefs.Nobody), channel, Credits, meter))];
        var shape = new TaskShape(IsSource: true, IsSink: false, Inputs: [], Downstream: [.. Enumerable.Range(1, Partitions)]);
        var generations = new int[Partitions];
        var protocol = new TaskProtocol(0, shape, generation: 0, committed: 0, generations);
        for (var channel = 0; channel < Partitions; channel++)
            _channels[channel].Start(protocol, channel, generation: 0);
        _gate = new OutputGate<(long Key, long Value)>(
            _channels, ExchangeKind.Hash, new HashSelector<(long Key, long Value)>(new KeyPartitioner<long, long>(), KeyGroup.DefaultCount, Partitions));
        _gate.BeginEpoch(new EpochInfo(new Epoch(1), 0, 0));
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Scatter()
    {
        _gate.OnBatch(Batch<(long Key, long Value)>.View(_rows, 0, Rows));
        if (++_sent < Credits / 4)
            return;
        _sent = 0;
        foreach (var channel in _channels)
            channel.Grant(0, Credits);
    }
}
