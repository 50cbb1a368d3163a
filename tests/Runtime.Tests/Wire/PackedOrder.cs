using MemoryPack;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>A type that MemoryPack writes.</summary>
[MemoryPackable]
public sealed partial class PackedOrder
{
    public int Id { get; set; }

    public List<string>? Lines { get; set; }
}
