using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <summary>The tasks of a job by dense index, and the channels between them.</summary>
/// <remarks>
/// A task's input channels are numbered over the stage's input edges in order, and within an edge over the sending partitions;
/// its output channels likewise over the receiving partitions. A forward edge has one channel on either side.
/// </remarks>
internal sealed class TaskTopology
{
    private readonly JobGraph _graph;
    private readonly int[] _firstTask;
    private readonly (JobStage Stage, int Partition)[] _tasks;

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
        Shape = new JobShape([.. _tasks.Select(task => ShapeOf(task.Stage, task.Partition))]);
    }

    public JobGraph Graph => _graph;

    /// <summary>The same as the protocol sees it.</summary>
    public JobShape Shape { get; }

    public int Count => _tasks.Length;

    public JobStage StageOf(int task) => _tasks[task].Stage;

    public int PartitionOf(int task) => _tasks[task].Partition;

    public TaskId IdOf(int task) => new(_graph.IdOf(StageOf(task).Head), new PartitionId(PartitionOf(task)));

    /// <summary>The receiving tasks of an output edge of <paramref name="task"/>, and the channel's index at each.</summary>
    public IEnumerable<(int Task, int Channel)> Receivers(int task, JobEdge edge)
    {
        var partition = PartitionOf(task);
        var target = _graph.Stages[edge.ToStage];
        var channel = 0;
        foreach (var input in target.Inputs)
        {
            if (input == edge)
                break;
            channel += ChannelsPerReceiver(input);
        }

        return IsForward(edge)
            ? [(_firstTask[edge.ToStage] + partition, channel)]
            : Enumerable.Range(0, target.Parallelism).Select(receiver => (_firstTask[edge.ToStage] + receiver, channel + partition));
    }

    /// <summary>The input edge of every input channel of <paramref name="task"/>.</summary>
    public ImmutableArray<JobEdge> EdgesOfChannels(int task) =>
        [.. StageOf(task).Inputs.SelectMany(edge => Enumerable.Repeat(edge, ChannelsPerReceiver(edge)))];

    /// <summary>For every input channel of <paramref name="task"/>: the sending task, and the channel's index there.</summary>
    public ImmutableArray<(int Task, int Output)> Senders(int task)
    {
        var senders = ImmutableArray.CreateBuilder<(int, int)>();
        var partition = PartitionOf(task);
        foreach (var edge in StageOf(task).Inputs)
        {
            var output = 0;
            foreach (var other in _graph.Stages[edge.FromStage].Outputs)
            {
                if (other == edge)
                    break;
                output += IsForward(other) ? 1 : _graph.Stages[other.ToStage].Parallelism;
            }

            if (IsForward(edge))
                senders.Add((_firstTask[edge.FromStage] + partition, output));
            else
            {
                for (var sender = 0; sender < _graph.Stages[edge.FromStage].Parallelism; sender++)
                    senders.Add((_firstTask[edge.FromStage] + sender, output + partition));
            }
        }

        return senders.ToImmutable();
    }

    private TaskShape ShapeOf(JobStage stage, int partition)
    {
        var inputs = stage.Inputs.SelectMany(edge => IsForward(edge)
            ? [_firstTask[edge.FromStage] + partition]
            : Enumerable.Range(_firstTask[edge.FromStage], _graph.Stages[edge.FromStage].Parallelism));
        var downstream = stage.Outputs.SelectMany(edge => IsForward(edge)
            ? [_firstTask[edge.ToStage] + partition]
            : Enumerable.Range(_firstTask[edge.ToStage], _graph.Stages[edge.ToStage].Parallelism));
        return new TaskShape(
            IsSource: stage.Inputs.Length == 0,
            IsSink: stage.Nodes.Any(node => node is not OperatorNode && node.Inputs.Count > 0),
            [.. inputs],
            [.. downstream]);
    }

    private int ChannelsPerReceiver(JobEdge edge) => IsForward(edge) ? 1 : _graph.Stages[edge.FromStage].Parallelism;

    private bool IsForward(JobEdge edge) => _graph.ExchangeOf(edge) == ExchangeKind.Forward;
}
