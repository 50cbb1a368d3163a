namespace Millrace.Connectors.Receivers;

/// <summary>Something that happened to a receiver.</summary>
/// <param name="Kind">What.</param>
/// <param name="Status">How the receiver is doing since.</param>
public readonly record struct ReceiverEvent(ReceiverEventKind Kind, ReceiverStatus Status);
