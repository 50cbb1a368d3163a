using MemoryPack;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>A type that MemoryPack writes and that holds itself.</summary>
[MemoryPackable]
public sealed partial class PackedTree
{
    public PackedOrder? Order { get; set; }

    public long[]? Numbers { get; set; }

    public Dictionary<string, decimal>? Prices { get; set; }

    public PackedTree?[]? Children { get; set; }
}
