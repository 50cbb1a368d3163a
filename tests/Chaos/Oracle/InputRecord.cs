using System.Buffers.Binary;

namespace Millrace.Chaos.Oracle;

/// <summary>A record of the input logs.</summary>
/// <remarks><c>source (4) · key (4) · sequence (8) · value (8) · time in ms (8)</c>, little-endian.</remarks>
/// <param name="Source">Which partition of which log: 0 and 1 are those of the orders, 2 is that of the payments.</param>
/// <param name="Key">What it is counted by.</param>
/// <param name="Sequence">Its number in its partition, from 0.</param>
/// <param name="Value">What is summed.</param>
/// <param name="TimeMs">When it was made, since the Unix epoch.</param>
internal readonly record struct InputRecord(int Source, int Key, long Sequence, long Value, long TimeMs)
{
    public const int Bytes = 32;

    /// <summary>Why 32: a line of the file sink for every record would make the run wait for the disk alone.</summary>
    private const int SampleEvery = 32;

    /// <summary>Whether the victim writes it to the file sink.</summary>
    public bool IsSampled => Value % SampleEvery == 0;

    /// <summary>Summed over the records of a batch, it tells a batch from every other of as many records.</summary>
    public long Checksum => unchecked((((Sequence * 31) + Key) * 31 + Value) * 1_000_003 + TimeMs);

    public static InputRecord Parse(ReadOnlySpan<byte> payload) => payload.Length == Bytes
        ? new(
            BinaryPrimitives.ReadInt32LittleEndian(payload),
            BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]))
        : throw new OracleException($"A record of {Bytes} bytes expected, one of {payload.Length} found; feed the log anew.");
}
