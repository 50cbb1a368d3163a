using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <summary>The tasks of a job by dense index, and the channels between them.</summary>
/// <remarks>
/// A task's input channels are numbered over the stage's input edges in order, and within an edge over the sending partitions;
/// its output channels likewise over the receiving partitions. Where an exchange never sends there is no channel: a forward edge has one
/// on either side, a rescale those of the sender's block.
/// </remarks>
internal sealed class TaskTopology
{
    private readonly JobGraph _graph;
    private readonly int[] _firstTask;
    private readonly (JobStage Stage, int Partition)[] _tasks;
    private readonly Dictionary<(int Task, JobEdge Edge), List<(int Task, int Channel)>> _receivers = [];
    private readonly List<JobEdge>[] _edgesOfChannels;
    private readonly (int Task, int Output)[][] _senders;

    public TaskTopology(JobGraph graph)
    {
        _graph = graph;
        _firstTask = new int[graph.Stages.Length];
        var tasks = new List<(JobStage, int)>();
        foreach (var stage in graph.Stages)
        {
            _firstTask[stage.Index] = tasks.Count;
            for (var partition = 0; partition < stage.Parallelism; partition++)
                tasks.Add((stage, partition));
        }

        _tasks = [.. tasks];
        _edgesOfChannels = [.. _tasks.Select(_ => new List<JobEdge>())];
        foreach (var edge in graph.Stages.SelectMany(stage => stage.Inputs))
            Connect(edge);
        _senders = [.. _edgesOfChannels.Select(edges => new (int, int)[edges.Count])];
        for (var task = 0; task < Count; task++)
        {
            var output = 0;
            foreach (var (receiver, channel) in StageOf(task).Outputs.SelectMany(edge => Receivers(task, edge)))
                _senders[receiver][channel] = (task, output++);
        }

        Shape = new JobShape([.. Enumerable.Range(0, Count).Select(ShapeOf)]);
    }

    public JobGraph Graph => _graph;

    /// <summary>The same as the protocol sees it.</summary>
    public JobShape Shape { get; }

    public int Count => _tasks.Length;

    public JobStage StageOf(int task) => _tasks[task].Stage;

    public int PartitionOf(int task) => _tasks[task].Partition;

    public TaskId IdOf(int task) => new(_graph.IdOf(StageOf(task).Head), new PartitionId(PartitionOf(task)));

    /// <summary>The sink that a task writes to, which must be there.</summary>
    public OperatorId SinkOf(int task) => _graph.IdOf(StageOf(task).Nodes.First(node => node.IsSink));

    /// <summary>The receiving tasks of an output edge of <paramref name="task"/>, and the channel's index at each.</summary>
    public IReadOnlyList<(int Task, int Channel)> Receivers(int task, JobEdge edge) => _receivers[(task, edge)];

    /// <summary>The input edge of every input channel of <paramref name="task"/>.</summary>
    public IReadOnlyList<JobEdge> EdgesOfChannels(int task) => _edgesOfChannels[task];

    /// <summary>For every input channel of <paramref name="task"/>: the sending task, and the channel's index there.</summary>
    public IReadOnlyList<(int Task, int Output)> Senders(int task) => _senders[task];

    /// <summary>The receiving partitions that a sending partition has channels to.</summary>
    private (int First, int Count) ReceiversOf(JobEdge edge, int sender)
    {
        var (senders, receivers) = (_graph.Stages[edge.FromStage].Parallelism, _graph.Stages[edge.ToStage].Parallelism);
        return _graph.ExchangeOf(edge) switch
        {
            ExchangeKind.Forward => (sender, 1),
            ExchangeKind.Rescale => BlockOf(sender, senders, receivers),
            _ => (0, receivers),
        };
    }

    // Blocks follow one another without a gap; where there are fewer receivers than senders, neighbours share one.
    private static (int First, int Count) BlockOf(int sender, int senders, int receivers)
    {
        var first = (int)((long)sender * receivers / senders);
        var end = (int)((sender + 1L) * receivers / senders);
        return (first, Math.Max(1, end - first));
    }

    private void Connect(JobEdge edge)
    {
        for (var sender = 0; sender < _graph.Stages[edge.FromStage].Parallelism; sender++)
        {
            var (first, count) = ReceiversOf(edge, sender);
            var channels = _receivers[(_firstTask[edge.FromStage] + sender, edge)] = [];
            for (var receiver = _firstTask[edge.ToStage] + first; channels.Count < count; receiver++)
            {
                channels.Add((receiver, _edgesOfChannels[receiver].Count));
                _edgesOfChannels[receiver].Add(edge);
            }
        }
    }

    private TaskShape ShapeOf(int task)
    {
        var stage = StageOf(task);
        return new TaskShape(
            IsSource: stage.Inputs.Length == 0,
            IsSink: stage.Nodes.Any(node => node.IsSink),
            [.. _senders[task].Select(sender => sender.Task)],
            [.. stage.Outputs.SelectMany(edge => Receivers(task, edge)).Select(receiver => receiver.Task)],
            IsVolatile: _graph.VolatileSources.Contains(stage.Head),
            TakesIn: SourceStorage.IsUsedBy(stage.Head),
            IsTogether: stage.Nodes.Any(node => node.IsTogether),
            Stage: stage.Index);
    }
}
