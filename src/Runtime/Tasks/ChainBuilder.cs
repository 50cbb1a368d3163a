using System.Globalization;
using Akka.Actor;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Planning;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>Makes the chain of one task: operators, the outputs between them, gates, source and sinks.</summary>
/// <remarks>Works back to front: an output is made when its operator opens, and by then everything behind it stands.</remarks>
internal sealed class ChainBuilder : INodeVisitor<object?>, IEdgeVisitor<ChainInput>
{
    private readonly TaskSettings _settings;
    private readonly TaskTopology _topology;
    private readonly int _task;
    private readonly JobStage _stage;
    private readonly IReadOnlyList<TaskPlace> _places;
    private readonly OperatorProgress _progress;
    private readonly ControlMessages.SourceStart? _start;
    private bool _opensNothing;
    private readonly Dictionary<StreamNode, object> _parts = [];
    private readonly Dictionary<(StreamNode Node, int Port), object> _outputs = [];
    private readonly Dictionary<JobEdge, (IOutputGate Gate, OutputChannel[] Channels)> _gates = [];

    /// <param name="settings">What all tasks share.</param>
    /// <param name="task">The one to build.</param>
    /// <param name="places">Where all tasks are.</param>
    /// <param name="progress">Where the chain says which operator is at work.</param>
    /// <param name="start">Where a source goes on.</param>
    public ChainBuilder(TaskSettings settings, int task, IReadOnlyList<TaskPlace> places, OperatorProgress progress, ControlMessages.SourceStart? start = null)
    {
        _settings = settings;
        _topology = settings.Topology;
        _task = task;
        _stage = _topology.StageOf(task);
        _places = places;
        _progress = progress;
        _start = start;
        Chain = new() { Progress = progress, Faults = settings.Faults };
    }

    /// <summary>The tables of a task with their types, empty; nothing outside is opened.</summary>
    public static TaskState TablesOf(TaskSettings settings, int task)
    {
        var nobody = new TaskPlace[settings.Topology.Count];
        Array.Fill(nobody, new TaskPlace(ActorRefs.Nobody));
        var builder = new ChainBuilder(settings with { Meter = new ChannelMeter() }, task, nobody, new OperatorProgress()) { _opensNothing = true };
        using var chain = builder.Build();
        return chain.State;
    }

    /// <summary>The chain being built.</summary>
    public TaskChain Chain { get; }

    public PartitionId Partition => new(_topology.PartitionOf(_task));

    public int Parallelism => _stage.Parallelism;

    public OperatorId IdOf(StreamNode node) => _topology.Graph.IdOf(node);

    public TaskChain Build()
    {
        try
        {
            return BuildParts();
        }
        catch
        {
            Chain.Dispose();
            throw;
        }
    }

    private TaskChain BuildParts()
    {
        foreach (var edge in _stage.Outputs)
            edge.Edge.Accept(new GateMaker(this, edge));
        Chain.Channels = [.. _stage.Outputs.SelectMany(edge => _gates[edge].Channels)];
        foreach (var node in _stage.Nodes)
        {
            if (node.Accept(this) is { } part)
                _parts[node] = part;
        }

        foreach (var node in _stage.Nodes.Reverse())
        {
            if (_parts.TryGetValue(node, out var part) && part is Operator @operator)
                @operator.Open(new OperatorContext(this, node, Chain.State.Of(IdOf(node)), unchecked((_task * 31) + node.Index)));
        }

        // The source reads into its own output, so it comes last.
        if (_stage.Head is { Inputs.Count: 0 } source)
            source.Accept(new SourceOpener(this));
        var inputs = _stage.Inputs.ToDictionary(edge => edge, edge => edge.Edge.Accept(this));
        Chain.Inputs = [.. _topology.EdgesOfChannels(_task).Select(edge => inputs[edge])];
        return Chain;
    }

    /// <summary>The output of a node's port, with everything that listens behind it.</summary>
    public Output<T> OutputOf<T>(StreamNode node, int port)
    {
        if (_outputs.TryGetValue((node, port), out var known))
            return known as Output<T> ?? throw new GraphException($"{IdOf(node)}: output port {port} was asked for with two row types.");
        var targets = node.Outputs
            .Where(edge => edge.FromPort == port)
            .Select(edge => edge as StreamEdge<T> ?? throw new GraphException($"{IdOf(node)}: output port {port} gives {typeof(T).Name}, {edge.RowType.Name} expected behind it."))
            .Select(edge => Target(edge))
            .ToArray();
        var output = targets.Length switch
        {
            0 => Listed(new Output<T>(null, null, _progress)),
            1 => targets[0],
            _ => Listed(new Output<T>(new FanOut<T>(targets), null, _progress)),
        };
        _outputs[(node, port)] = output;
        if (node is OperatorNode)
        {
            var id = IdOf(node);
            Chain.EntriesBehind[output] = InputOf(output, node, string.Create(CultureInfo.InvariantCulture, $">{port}"), keys: null);
            Chain.Guards[id] = Chain.Guards.GetValueOrDefault(id) + (guard => output.Guard = guard);
        }

        return output;
    }

    /// <inheritdoc/>
    public object? Visit<T>(SourceNode<T> node) => null;

    /// <inheritdoc/>
    public object? Visit(OperatorNode node)
    {
        var @operator = node.Create();
        Chain.Operators.Add((IdOf(node), @operator));
        return @operator;
    }

    /// <inheritdoc/>
    public object? Visit<T>(SinkNode<T> node)
    {
        if (_opensNothing)
            return null;
        _progress.Enter(IdOf(node));
        var driver = new SinkDriver<T>(node.Sink.Description, node.Sink.Open(new SinkContext(_settings.Job, IdOf(node), Partition, Parallelism)));
        _progress.Leave();
        (Chain.Sink, Chain.SinkId) = (driver, IdOf(node));
        Chain.Ends.Add(driver);
        return driver;
    }

    /// <summary>The entry behind an edge from another stage.</summary>
    public ChainInput Visit<T>(StreamEdge<T> edge) =>
        InputOf(Target(edge), edge.To, edge.ToPort == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{edge.ToPort}"), edge.Exchange == ExchangeKind.Hash ? edge.KeyGroups : null);

    /// <param name="entry">Where rows enter.</param>
    /// <param name="node">The node that they enter or leave.</param>
    /// <param name="port">Tells the ports of a node apart: nothing for its first input, <c>#1</c> for the next, <c>&gt;0</c> for an output.</param>
    /// <param name="keys">The key by which they come; null for none.</param>
    private ChainInput<T> InputOf<T>(Output<T> entry, StreamNode node, string port, KeyGroupSelector<T>? keys)
    {
        if (!KeepsLetters)
            return new ChainInput<T>(entry);
        var boxes = new BoxMaker<T>(this, node, port);
        var input = new ChainInput<T>(entry) { Letters = keys is null ? boxes.WithoutKey() : keys.Accept(boxes) };
        Chain.InputsWithLetters.Add(input);
        return input;
    }

    // What an exchange calls counts as the operator behind it, so that one has a say too.
    private bool KeepsLetters => _stage.Nodes.Concat(_stage.Outputs.Select(edge => edge.Edge.To))
        .Any(node => _settings.PolicyOf(node) is ErrorPolicy.DeadLetter or ErrorPolicy.Park);

    private Output<T> Target<T>(StreamEdge<T> edge)
    {
        if (_stage.Outputs.FirstOrDefault(output => output.Edge == edge) is { } leaving)
        {
            // Where an exchange runs user code, a key's hash or a choice of partition, it counts as the operator that asked for it.
            OperatorId? asker = edge.KeyGroups is null && edge.Selector is null ? null : IdOf(edge.To);
            return Listed(new Output<T>((OutputGate<T>)_gates[leaving].Gate, asker, _progress));
        }

        return _parts.GetValueOrDefault(edge.To) switch
        {
            null when _opensNothing => Listed(new Output<T>(null, null, _progress)),
            Operator @operator => Listed(new Output<T>(MayFail(@operator.Input<T>(edge.ToPort), edge.To), IdOf(edge.To), _progress)),
            SinkDriver<T> sink => Listed(new Output<T>(MayFail(sink, edge.To), IdOf(edge.To), _progress)),
            var part => throw new GraphException($"{IdOf(edge.To)} takes no {typeof(T).Name} ({part?.GetType().Name})."),
        };
    }

    private IInput<T> MayFail<T>(IInput<T> input, StreamNode node) => _settings.Faults is { } faults ? new FaultyInput<T>(input, IdOf(node), faults) : input;

    private Output<T> Listed<T>(Output<T> output)
    {
        Chain.DiscardOutputs += output.Discard;
        return output;
    }

    private sealed class GateMaker(ChainBuilder builder, JobEdge edge) : IEdgeVisitor<object?>
    {
        public object? Visit<T>(StreamEdge<T> typed)
        {
            OutputChannel[] channels =
            [
                .. builder._topology.Receivers(builder._task, edge).Select(receiver =>
                    new OutputChannel(builder._places[receiver.Task], receiver.Channel, builder._settings.CreditBatches, builder._settings.Meter)),
            ];
            var gate = new OutputGate<T>(channels, builder._topology.Graph.ExchangeOf(edge), SelectorOf(typed, channels.Length));
            builder._gates[edge] = (gate, channels);
            builder.Chain.Gates.Add(gate);
            builder.Chain.Ends.Add(gate);
            return null;
        }

        // A key needs no hash where there is one receiver; a number that the user gives is checked even there.
        private ChannelSelector<T>? SelectorOf<T>(StreamEdge<T> typed, int receivers) => typed.Exchange switch
        {
            ExchangeKind.Hash when receivers > 1 => new HashSelector<T>(typed.KeyGroups!, builder._topology.Graph.KeyGroups, receivers),
            ExchangeKind.TwoChoice when receivers > 1 => new TwoChoiceSelector<T>(typed.KeyGroups!, receivers),
            ExchangeKind.Direct or ExchangeKind.Custom => new CheckedSelector<T>(typed.Selector!, builder.IdOf(typed.To)),
            _ => null,
        };
    }

    private sealed class BoxMaker<T>(ChainBuilder builder, StreamNode node, string port) : IRowKeyVisitor<T, DeadLetterBox>
    {
        public DeadLetterBox Visit<TKey>(Func<T, TKey> keyOf) => Make(keyOf, isKeyed: true);

        /// <summary>Rows that came by no key stand under the partition on which they failed.</summary>
        public DeadLetterBox WithoutKey()
        {
            var partition = builder.Partition.Number;
            return Make(_ => partition, isKeyed: false);
        }

        private DeadLetterBox<TKey, T> Make<TKey>(Func<T, TKey> keyOf, bool isKeyed)
        {
            var id = builder.IdOf(node);
            return new(builder.Chain.State.Of(id), builder.Chain, keyOf, isKeyed, id.Name + port, port, builder.Partition.Number, builder._settings.DeadLettersMax);
        }
    }

    private sealed class SourceOpener(ChainBuilder builder) : INodeVisitor<object?>
    {
        public object? Visit<T>(SourceNode<T> node)
        {
            if (builder._opensNothing)
            {
                builder.InputOf(builder.OutputOf<T>(node, 0), node, port: "", keys: null);
                return null;
            }

            var (settings, start, isReplayable) = (builder._settings, builder._start, node.Source.IsReplayable);
            Action<string> warn = warning => TaskLog.SourceWarned(settings.Logger, settings.Job.Name, warning);
            var dropped = new DroppedRecords(node.Source.Description, settings.Counts.AddDropped, warn);
            var storage = SourceStorage.Of(settings, builder.IdOf(node), builder.Partition);
            var context = new SplitContext(
                builder.Partition, builder.Parallelism, dropped.Add, warn, isReplayable ? start?.Committed ?? 0 : 0, storage, settings.ShowsEmptyEpochs,
                () => settings.Clock.NowMs, start?.IsDraining ?? false);
            builder.Chain.Source = new SourceDriver<T>(
                node.Source.Description, node.Source.Open(context), isReplayable, (isReplayable ? start?.Committed : start?.Planned) ?? 0);
            builder.Chain.SourceInput = builder.InputOf(builder.OutputOf<T>(node, 0), node, port: "", keys: null);
            return null;
        }

        public object? Visit(OperatorNode node) => null;

        public object? Visit<T>(SinkNode<T> node) => null;
    }
}
