using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Simulation.Tests;

/// <summary>A worker with a journal that answers at once; other effects are collected.</summary>
internal sealed class WorkerScript(JobShape shape, ProcessUid uid, long leaseMs = 0)
{
    private readonly List<IWorkerEffect> _effects = [];

    public WorkerProtocol Worker { get; } = new(shape, uid, "node", new WorkerOptions { LeaseMs = leaseMs }, 0);

    public SimJournal Journal { get; } = new();

    public List<IWorkerEffect> Effects { get; } = [];

    /// <summary>Appends wait here instead of being answered.</summary>
    public Queue<JournalMessages.Append>? Held { get; set; }

    public long NowMs { get; set; }

    public IEnumerable<T> Told<T>()
        where T : IWorkerEffect => Effects.OfType<T>();

    public IEnumerable<TaskAck> Acks => Told<WorkerMessages.Send>().Select(s => s.Message).OfType<Acknowledge>().SelectMany(a => a.Acks);

    public Heartbeat LastHeartbeat => Told<WorkerMessages.Send>().Select(s => s.Message).OfType<Heartbeat>().Last();

    public WorkerScript Tell(IWorkerInput input)
    {
        _effects.Clear();
        Worker.Step(input, NowMs, _effects);
        foreach (var effect in _effects.ToArray())
        {
            switch (effect)
            {
                case JournalMessages.Append append when Held is not null:
                    Held.Enqueue(append);
                    break;
                case JournalMessages.Append append:
                    var outcome = Journal.TryAppend(append) ? AppendOutcome.Ok : AppendOutcome.Conflict;
                    Tell(new JournalMessages.Appended(append.Stream, append.FirstNumber, outcome, append.FirstNumber + append.Rows.Length));
                    break;
                case JournalMessages.Read read:
                    Tell(new JournalMessages.RowsRead(read.Stream, read.FromNumber, read.Request, Journal.Read(read.Stream, read.FromNumber)));
                    break;
                default:
                    Effects.Add(effect);
                    break;
            }
        }

        return this;
    }

    public WorkerScript Attempt(AttemptPlan plan, params int[] references) =>
        Tell(new ControlMessages.Attempt(1, plan, [.. Shapes.References(references)]));

    public WorkerScript Ready(int generation, params int[] tasks)
    {
        foreach (var task in tasks)
        {
            Tell(new WorkerMessages.TaskReady(task, generation));
        }

        return this;
    }

    public WorkerScript Run(long epoch) => Tell(new Run(1, Shapes.Plan(epoch, shape.Count)));

    public WorkerScript Completed(long epoch, int generation, object delta, params int[] tasks)
    {
        foreach (var task in tasks)
        {
            Tell(new WorkerMessages.EpochCompleted(task, generation, epoch, delta));
        }

        return this;
    }
}
