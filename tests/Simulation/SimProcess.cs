using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>One process incarnation: the real worker and a candidate, the simulated tasks, and what has arrived on channels.</summary>
internal sealed class SimProcess(int node, ProcessUid uid, WorkerProtocol worker, int tasks, int scale)
{
    public int Node { get; } = node;

    public ProcessUid Uid { get; } = uid;

    /// <summary>How often the job had been rescaled of which it has the tasks, as far as it knows.</summary>
    public int Scale { get; } = scale;

    public WorkerProtocol Worker { get; } = worker;

    public CoordinatorProtocol? Candidate { get; set; }

    /// <summary>Processes that the candidate has set aside, and until when they get no tasks.</summary>
    public Dictionary<ProcessUid, long> Aside { get; } = [];

    /// <summary>The last attempt that the candidate has raised.</summary>
    public AttemptPlan? Raised { get; set; }

    public SimTask?[] Tasks { get; } = new SimTask?[tasks];

    /// <summary>Items by receiving task and channel; they wait here until the task is held, takes them or drops them.</summary>
    public Queue<SimItem>[]?[] Inbox { get; } = new Queue<SimItem>[]?[tasks];

    public Queue<SimEvent> Deferred { get; } = new();

    public bool IsDead { get; set; }

    public long PausedUntilUs { get; set; }

    /// <summary>Until then its tasks take far longer for each step.</summary>
    public long SlowUntilUs { get; set; }

    public long WorkerTickAtUs { get; set; } = -1;

    public long CandidateTickAtUs { get; set; } = -1;

    /// <summary>Keeps the order between the worker and its tasks.</summary>
    public long LastTaskCommandAtUs { get; set; }

    /// <summary>Nodes that it has said it does not reach.</summary>
    public ImmutableArray<string> Unreachable { get; set; } = [];

    public int KnownCoordinatorNode { get; set; } = -1;

    public Queue<SimItem>[] InboxOf(int task, int channels)
    {
        if (Inbox[task] is { } inbox)
        {
            return inbox;
        }

        inbox = new Queue<SimItem>[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            inbox[channel] = new Queue<SimItem>();
        }

        return Inbox[task] = inbox;
    }
}
