namespace Millrace.Chaos.Histories;

/// <summary>One record that an operation sent to a log, or read from it.</summary>
/// <param name="IsSend">Sent, or else read by a poll.</param>
/// <param name="Key">The partition.</param>
/// <param name="Offset">Its place there; null where the sender was not told.</param>
/// <param name="Value">The record, unique in its partition unless something is wrong.</param>
public sealed record LogStep(bool IsSend, string Key, long? Offset, string Value);
