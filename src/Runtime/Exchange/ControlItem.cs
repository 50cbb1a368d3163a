namespace Millrace.Runtime.Exchange;

/// <summary>What travels between batches on a channel, in its place among them.</summary>
/// <remarks>
/// A channel becomes active again by its next watermark, and ends with <see cref="Time.Watermark.Maximum"/>. No item asks a task to send
/// half-filled batches: a task that has nothing to do does so by itself.
/// </remarks>
internal abstract record ControlItem
{
    /// <summary>Everything before it on the channel belongs to the item's epoch, everything behind it to the next one.</summary>
    internal sealed record Barrier : ControlItem
    {
        public static readonly Barrier Instance = new();
    }

    /// <summary>No record with an earlier event time follows on the channel.</summary>
    internal sealed record Watermark(Time.Watermark At) : ControlItem;

    /// <summary>Nothing is expected on the channel for now: it is left out where watermarks are merged.</summary>
    internal sealed record Idle : ControlItem
    {
        public static readonly Idle Instance = new();
    }
}
