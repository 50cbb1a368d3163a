namespace Millrace.Runtime.Protocol;

/// <summary>Inputs and effects of <see cref="SinkProtocol"/>.</summary>
internal static class SinkMessages
{
    /// <summary>Input: the clock. Due whenever <see cref="SinkProtocol.NextWakeMs"/> has come.</summary>
    internal sealed record Tick : ISinkInput
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Input: begin, after construction.</summary>
    internal sealed record Start : ISinkInput;

    /// <summary>Input: an epoch is history; its rows come from the task's memory.</summary>
    internal sealed record Enqueue(long Epoch, long Previous, object? Rows) : ISinkInput;

    /// <summary>Input: how <see cref="Apply"/> ended; on a conflict the watermark that was found.</summary>
    internal sealed record ApplyEnded(long Epoch, AppendOutcome Outcome, long Watermark) : ISinkInput;

    /// <summary>Input: where the external system stands; null where it keeps no watermark.</summary>
    internal sealed record WatermarkRead(long? Watermark) : ISinkInput;

    internal sealed record WatermarkUnknown : ISinkInput;

    /// <summary>Input: the rows that the named row holds for this task.</summary>
    internal sealed record RowsFetched(long Epoch, object? Rows) : ISinkInput;

    internal sealed record FetchFailed(long Epoch) : ISinkInput;

    /// <summary>
    /// Effect: in one external transaction, if the watermark is <paramref name="Previous"/>, write the rows and set it to
    /// <paramref name="Epoch"/>. Answered by <see cref="ApplyEnded"/>.
    /// </summary>
    internal sealed record Apply(long Epoch, long Previous, object? Rows, bool IsConditional) : ISinkEffect;

    /// <summary>Effect: answered by <see cref="WatermarkRead"/> or <see cref="WatermarkUnknown"/>.</summary>
    internal sealed record ReadWatermark : ISinkEffect;

    /// <summary>Effect: read this task's sink rows of a named row. Answered by <see cref="RowsFetched"/> or <see cref="FetchFailed"/>.</summary>
    internal sealed record FetchRows(ControlMessages.EpochReference Reference) : ISinkEffect;

    /// <summary>Effect: the external system has everything up to this epoch: tell the worker.</summary>
    internal sealed record Applied(long Epoch) : ISinkEffect;

    /// <summary>Effect: the external watermark contradicts history: fail the task, fatally.</summary>
    internal sealed record Contradiction(string Reason) : ISinkEffect;
}
