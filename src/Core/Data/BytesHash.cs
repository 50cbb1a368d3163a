namespace Millrace.Data;

/// <summary>Byte arrays by content.</summary>
internal readonly struct BytesHash : IKeyHash<byte[]>
{
    public ulong Hash(byte[] key) => key is null ? StableHash.Null : StableHash.OfBytes(key);

    public bool AreEqual(byte[] x, byte[] y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.AsSpan().SequenceEqual(y));

    public byte[] Own(byte[] key) => key;
}
