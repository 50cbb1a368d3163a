using System.Buffers.Binary;

namespace Millrace.Chaos.Victim;

/// <summary>A record of a log: an order, or a payment.</summary>
/// <remarks><c>source (4) · key (4) · sequence (8) · value (8) · time in ms (8)</c>, little-endian.</remarks>
/// <param name="Source">Which partition of which log: 0 and 1 are those of the orders, 2 is that of the payments.</param>
/// <param name="Key">What it is counted by.</param>
/// <param name="Sequence">Its number in its partition, from 0.</param>
/// <param name="Value">What is summed.</param>
/// <param name="TimeMs">When it was made, since the Unix epoch.</param>
internal readonly record struct Order(int Source, int Key, long Sequence, long Value, long TimeMs)
{
    public const int Bytes = 32;

    private const int SampleEvery = 32;

    /// <summary>Whether it goes to the file sink.</summary>
    public bool IsSampled => Value % SampleEvery == 0;

    /// <summary>Summed over the records of a batch, it attests which they are.</summary>
    public long Checksum => unchecked((((Sequence * 31) + Key) * 31 + Value) * 1_000_003 + TimeMs);

    public static Order Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Source);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], TimeMs);
    }
}
