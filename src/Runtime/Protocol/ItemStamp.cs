namespace Millrace.Runtime.Protocol;

/// <summary>What an item on a channel carries: the receiver's generation and the item's number in it, from 0, barriers included.</summary>
internal readonly record struct ItemStamp(int Generation, long Sequence);
