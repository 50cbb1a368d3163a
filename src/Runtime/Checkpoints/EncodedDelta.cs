namespace Millrace.Runtime.Checkpoints;

/// <summary>One task's part of a durable row, as the journal writes it: bytes of which only the task knows the meaning.</summary>
internal sealed record EncodedDelta(ReadOnlyMemory<byte> Bytes);
