using Millrace.Serialization;

namespace Millrace.DStreams.Rdds;

/// <summary>A part of a directory of object files: rows as bytes, with what it takes to know them again.</summary>
/// <remarks>
/// All numbers little-endian.
/// <code>
/// header  magic "MROBJ" 0 0 1 (8) · number of the part (4) · parts (4)
/// block   length of the payload (4) · CRC-32C of all before it and of the payload, checksums left out (4) · payload
/// </code>
/// The first block is the schema of the rows, those behind it hold rows to their ends, and the last is empty: a file that was cut has none.
/// A checksum goes on where the one before ended, so that no block can be missing or in another's place.
/// </remarks>
internal static class ObjectFile
{
    public const int HeaderBytes = 16;
    public const int FrameBytes = 8;

    /// <summary>A block that has so many bytes is written; a longer row makes it longer.</summary>
    public const int BlockBytes = 64 << 10;

    /// <summary>What types are written with: those of a checkpoint, without the types that only a host knows.</summary>
    public static CodecCatalog Codecs { get; } = new();

    /// <summary>The parts of a directory that is whole, by partition; read as they are enumerated.</summary>
    /// <exception cref="IOException">There is no such directory, it is not whole, or a part of it is missing.</exception>
    public static ObjectFileRows<T>[] Parts<T>(string directory)
    {
        var files = PartFiles.Find(directory);
        return [.. files.Select((file, part) => new ObjectFileRows<T>(file, part, files.Length))];
    }

    public static ReadOnlySpan<byte> Magic => [(byte)'M', (byte)'R', (byte)'O', (byte)'B', (byte)'J', 0, 0, 1];
}
