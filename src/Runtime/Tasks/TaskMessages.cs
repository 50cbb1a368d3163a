using Millrace.Connectors;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>What a task actor hears beside items, credit and the worker's protocol.</summary>
internal static class TaskMessages
{
    /// <summary>From the worker: all tasks have an actor now.</summary>
    internal sealed record Connect(IReadOnlyList<TaskPlace> Places);

    /// <summary>From the worker: another process holds the task now.</summary>
    internal sealed record Drop
    {
        public static readonly Drop Instance = new();
    }

    /// <summary>From the job's handle, through the worker: which dead letters are there?</summary>
    internal sealed record ReadLetters(LetterReading Reading);

    /// <summary>From the worker: what do the tables say to this, as far as it is committed?</summary>
    internal sealed record ReadState(StateQuery Query, StateReading Reading);

    /// <summary>From itself: go on, after whatever else has come.</summary>
    internal sealed record Continue
    {
        public static readonly Continue Instance = new();
    }

    /// <summary>From itself: everything that had come is worked off; send what stands in half-filled batches.</summary>
    internal sealed record FlushIdle
    {
        public static readonly FlushIdle Instance = new();
    }

    /// <summary>From itself: the source takes nothing more in.</summary>
    internal sealed record Drained(SourceDriver Source);

    /// <summary>From a sink: how a commit ended.</summary>
    internal sealed record SinkAnswered(long Epoch, SinkOutcome Outcome, long Watermark);

    /// <summary>From a sink: why it has not taken an epoch yet.</summary>
    internal sealed record SinkWarned(long Epoch, string Reason);

    /// <summary>From a sink: it can never work.</summary>
    internal sealed record SinkFailed(Exception Cause);

    /// <summary>From itself: the sink's protocol wanted to be woken.</summary>
    internal sealed record SinkTick
    {
        public static readonly SinkTick Instance = new();
    }
}
