using Millrace.Connectors.Lines;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Lines of UTF-8 text, as Spark's <c>textFileStream</c>.</summary>
/// <remarks>
/// A line ends with <c>\n</c> or <c>\r\n</c>; the last one needs no end. A byte order mark at the start of a file is left out. Left out and
/// counted: <c>oversized line</c>; kept with U+FFFD and counted: <c>invalid UTF-8</c>.
/// </remarks>
public sealed class LineFormat : IFileFormat<string>
{
    private const int LineLengthMaxBytesLimit = 1 << 29;

    private readonly int _lineLengthMaxBytes;
    private readonly LinePolicy _oversizedLines;

    /// <param name="lineLengthMaxBytes">The longest line, in bytes without its end; from 1 to 512 MB, by default 1 MB.</param>
    /// <param name="oversizedLines">What happens to a longer line.</param>
    /// <exception cref="GraphException">An argument is out of its range.</exception>
    public LineFormat(int lineLengthMaxBytes = 1 << 20, LinePolicy oversizedLines = LinePolicy.Drop)
    {
        if (lineLengthMaxBytes is < 1 or > LineLengthMaxBytesLimit)
            throw new GraphException($"Line format: LineLengthMaxBytes {lineLengthMaxBytes} found, 1 to {LineLengthMaxBytesLimit} bytes expected; correct it.");
        if (!Enum.IsDefined(oversizedLines))
            throw new GraphException($"Line format: OversizedLines {oversizedLines} found, Drop or Fail expected; correct it.");
        (_lineLengthMaxBytes, _oversizedLines) = (lineLengthMaxBytes, oversizedLines);
    }

    /// <inheritdoc/>
    public int ChunkBytes => 64 << 10;

    /// <inheritdoc/>
    public void Check(string file, long sizeBytes)
    {
    }

    /// <inheritdoc/>
    public IFileDecoder<string> Open(string file, Action<string> recordSkipped) => new Decoder(new(file, _lineLengthMaxBytes, _oversizedLines, recordSkipped));

    private sealed class Decoder(LineSplitter splitter) : IFileDecoder<string>
    {
        public void Push(ReadOnlySpan<byte> chunk, bool isLast, List<string> rows)
        {
            splitter.Push(chunk, rows);
            if (isLast)
                splitter.End(rows);
        }
    }
}
