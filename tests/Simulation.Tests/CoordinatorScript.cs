using Millrace.Client;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Simulation.Tests;

/// <summary>A coordinator with a journal that answers at once, unless held; other effects are collected.</summary>
internal sealed class CoordinatorScript(SimJournal journal, JobShape shape, CoordinatorOptions? options = null, ulong uid = 1)
{
    private readonly List<ICoordinatorEffect> _effects = [];

    public CoordinatorProtocol Coordinator { get; } = new(shape, new ProcessUid(uid), options ?? Embedded, 0);

    public static CoordinatorOptions Embedded { get; } = new() { LeaseMs = 0, EpochIntervalMs = 100, EmptyEpochs = EmptyEpochs.Show };

    public List<ICoordinatorEffect> Effects { get; } = [];

    /// <summary>Appends wait here instead of being carried out.</summary>
    public Queue<JournalMessages.Append>? Held { get; set; }

    /// <summary>Reads wait here instead of being answered.</summary>
    public Queue<JournalMessages.Read>? HeldReads { get; set; }

    public long NowMs { get; set; }

    public CoordinatorState State => Coordinator.State;

    public IEnumerable<T> Told<T>()
        where T : ICoordinatorEffect => Effects.OfType<T>();

    public IEnumerable<T> Sent<T>(ProcessUid to)
        where T : ToProcess => Told<CoordinatorMessages.Send>().Where(s => s.Process == to).Select(s => s.Message).OfType<T>();

    public CoordinatorScript Tell(ICoordinatorInput input)
    {
        _effects.Clear();
        Coordinator.Step(input, NowMs, _effects);
        foreach (var effect in _effects.ToArray())
        {
            switch (effect)
            {
                case JournalMessages.Append append when Held is not null:
                    Held.Enqueue(append);
                    break;
                case JournalMessages.Append append:
                    Tell(new JournalMessages.Appended(append.Stream, append.FirstNumber, journal.TryAppend(append) ? AppendOutcome.Ok : AppendOutcome.Conflict, append.FirstNumber + append.Rows.Length));
                    break;
                case JournalMessages.Read read when HeldReads is not null:
                    HeldReads.Enqueue(read);
                    break;
                case JournalMessages.Read read:
                    Tell(new JournalMessages.RowsRead(read.Stream, read.FromNumber, read.Request, journal.Read(read.Stream, read.FromNumber)));
                    break;
                default:
                    Effects.Add(effect);
                    break;
            }
        }

        return this;
    }

    public CoordinatorScript Tick(long nowMs)
    {
        NowMs = nowMs;
        return Tell(CoordinatorMessages.Tick.Instance);
    }

    /// <summary>Takes over; reads wait in <see cref="HeldReads"/>.</summary>
    public CoordinatorScript TakeOverHeld()
    {
        HeldReads = new();
        return TakeOver();
    }

    public CoordinatorScript TakeOver() => Tell(new CoordinatorMessages.TakeOver());

    public CoordinatorScript Heartbeat(
        ProcessUid process, string node = "", long beat = 0, int attempt = 0, long planned = 0, long committed = 0, SinkWatermark[]? applied = null, TaskAck[]? acks = null, long late = 0, string[]? unreachable = null, bool takesTasks = true) =>
        Tell(new Heartbeat(process, node.Length > 0 ? node : process.ToString(), Coordinator.Incarnation, beat, attempt, planned, committed, [.. acks ?? []], [], [.. applied ?? []], 0, Unreachable: [.. unreachable ?? []], LateMs: late, TakesTasks: takesTasks));

    public CoordinatorScript Polled(ProcessUid process, int task, int generation, long epoch, long end, bool isFinished = false, bool isDrained = false) =>
        Tell(new OffsetsPolled(process, task, generation, epoch, end, isFinished, 0, IsDrained: isDrained));

    public CoordinatorScript Ack(ProcessUid process, int generation, long epoch, long number, params int[] tasks) =>
        Tell(new Acknowledge(process, [.. tasks.Select(t => new TaskAck(t, generation, epoch, new RowAddress(process, number)))]));

    public IEnumerable<JournalRows.Row> Rows(long incarnation) => journal.Read(JournalStream.Coordinator(incarnation), 1).Select(row => row.Row);
}
