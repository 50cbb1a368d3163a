namespace Millrace.Data;

/// <summary>Guids by their 16 bytes in the order of <see cref="Guid.ToByteArray()"/>.</summary>
internal readonly struct GuidHash : IKeyHash<Guid>
{
    public ulong Hash(Guid key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.TryWriteBytes(bytes);
        return StableHash.OfBytes(bytes);
    }

    public bool AreEqual(Guid x, Guid y) => x == y;

    public Guid Own(Guid key) => key;
}
