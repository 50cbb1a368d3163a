using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Records of a fixed number of bytes, as Spark's <c>binaryRecordsStream</c>. A file whose size is no multiple of it fails the job.</summary>
public sealed class FixedLengthFormat : IFileFormat<byte[]>
{
    private const int RecordBytesLimit = 1 << 26;
    private const int ChunkBytesAim = 64 << 10;

    private readonly int _recordBytes;

    /// <param name="recordBytes">The length of a record; from 1 byte to 64 MB.</param>
    /// <exception cref="GraphException">The length is out of its range.</exception>
    public FixedLengthFormat(int recordBytes)
    {
        if (recordBytes is < 1 or > RecordBytesLimit)
            throw new GraphException($"Fixed length format: a record length of {recordBytes} found, 1 to {RecordBytesLimit} bytes expected; correct it.");
        _recordBytes = recordBytes;
        ChunkBytes = Math.Max(ChunkBytesAim / recordBytes, 1) * recordBytes;
    }

    /// <inheritdoc/>
    public int ChunkBytes { get; }

    /// <inheritdoc/>
    public void Check(string file, long sizeBytes)
    {
        if (sizeBytes % _recordBytes != 0)
            throw new SourceFailedException($"Source {file}: {sizeBytes} bytes found, a multiple of the record length {_recordBytes} expected; correct the file, or exclude it by the filter.");
    }

    /// <inheritdoc/>
    public IFileDecoder<byte[]> Open(string file, Action<string> recordSkipped) => new Decoder(_recordBytes);

    private sealed class Decoder(int recordBytes) : IFileDecoder<byte[]>
    {
        public void Push(ReadOnlySpan<byte> chunk, bool isLast, List<byte[]> rows)
        {
            for (; chunk.Length >= recordBytes; chunk = chunk[recordBytes..])
                rows.Add(chunk[..recordBytes].ToArray());
        }
    }
}
