namespace Millrace.Simulation;

/// <summary>What happens at a moment of virtual time.</summary>
internal enum SimEventKind
{
    ToWorker,
    ToCandidate,
    WorkerTick,
    CandidateTick,
    TaskCommand,
    TaskRun,
    TaskRestored,
    Item,
    Credit,
    LinkTold,
    JournalAppend,
    JournalRead,
    JournalAnswer,
    JournalTrim,
    SinkApply,
    SinkRead,
    SinkAnswer,
    Fault,
    Restart,
    FaultsEnd,
    Thaw,
    Heal,
    HealData,
    WatchData,
    Stop,
    Ask,
    SavepointCopied,
    Slow,
    Rescale,
    ScaleTold,
}

/// <summary>A pooled entry of the event queue.</summary>
internal sealed class SimEvent
{
    public long AtUs;
    public SimEventKind Kind;

    /// <summary>The process it happens in; null for the world.</summary>
    public SimProcess? Process;

    public int A;
    public int B;
    public long C;
    public SimItem Item;
    public object? Payload;
    public object? Extra;
}

/// <summary>An item on a channel; <see cref="Barrier"/> is 0 for data.</summary>
internal readonly record struct SimItem(int Generation, long Sequence, long Value, long Barrier);
