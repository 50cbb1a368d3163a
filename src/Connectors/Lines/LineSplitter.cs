using System.Text;
using System.Text.Unicode;
using Millrace.Data;

namespace Millrace.Connectors.Lines;

/// <summary>Cuts the bytes of one connection or file after another into lines. Not thread-safe.</summary>
/// <remarks>
/// <para><c>\n</c> ends a line, and one <c>\r</c> before it or at the very end belongs to the end; a lone <c>\r</c> and NUL are characters like others.
/// A byte order mark at the start is left out. What is not UTF-8 becomes U+FFFD and its line is counted once. The last line needs no end.</para>
/// <para>How the bytes are cut into chunks never changes the lines. Of an oversized line no more is kept than the limit.</para>
/// </remarks>
internal sealed class LineSplitter(string source, int lineLengthMaxBytes, LinePolicy oversizedLines, Action<string> recordSkipped) : IRecordSplitter<string>
{
    internal const string OversizedLine = "oversized line";
    internal const string InvalidUtf8 = "invalid UTF-8";

    private const int FirstPartialBytes = 4096;

    private byte[] _partial = [];
    private int _partialBytes;
    private int _markBytes;
    private bool _started;
    private bool _skipping;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Room held for an unfinished line, in bytes.</summary>
    internal int PartialCapacityBytes => _partial.Length;

    /// <summary>Adds the lines that end in <paramref name="bytes"/>.</summary>
    public void Push(ReadOnlySpan<byte> bytes, List<string> lines)
    {
        if (!_started)
            bytes = SkipByteOrderMark(bytes);
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            EndLine(bytes[..end], lines);
            bytes = bytes[(end + 1)..];
        }

        Keep(bytes);
    }

    /// <inheritdoc/>
    string? IRecordSplitter<string>.Push(ReadOnlySpan<byte> bytes, List<string> records)
    {
        Push(bytes, records);
        return null;
    }

    /// <summary>The connection is over: adds its last line if it has one, and begins anew.</summary>
    public void End(List<string> lines)
    {
        if (!_started)
            Start();
        if (_partialBytes > 0)
            EndLine([], lines);
        (_partialBytes, _markBytes, _started, _skipping) = (0, 0, false, false);
    }

    private ReadOnlySpan<byte> SkipByteOrderMark(ReadOnlySpan<byte> bytes)
    {
        while (_markBytes < ByteOrderMark.Length)
        {
            if (bytes.IsEmpty)
                return bytes;
            if (bytes[0] != ByteOrderMark[_markBytes])
            {
                Start();
                return bytes;
            }

            _markBytes++;
            bytes = bytes[1..];
        }

        _started = true;
        return bytes;
    }

    /// <summary>What looked like a mark was none, so it belongs to the first line.</summary>
    private void Start()
    {
        _started = true;
        Keep(ByteOrderMark[.._markBytes]);
    }

    private void EndLine(ReadOnlySpan<byte> tail, List<string> lines)
    {
        if (_partialBytes > 0)
        {
            Keep(tail);
            tail = _partial.AsSpan(0, _partialBytes);
        }

        if (!_skipping)
        {
            if (tail is [.. var head, (byte)'\r'])
                tail = head;
            if (tail.Length > lineLengthMaxBytes)
                Oversized();
            else
                lines.Add(Decode(tail));
        }

        (_partialBytes, _skipping) = (0, false);
    }

    /// <summary>Keeps the bytes of an unfinished line; the one over the limit may yet be the end's <c>\r</c>.</summary>
    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_skipping || bytes.IsEmpty)
            return;
        var count = (long)_partialBytes + bytes.Length;
        if (count > lineLengthMaxBytes + 1L || (count > lineLengthMaxBytes && bytes[^1] != '\r'))
        {
            Oversized();
            return;
        }

        if (count > _partial.Length)
            Array.Resize(ref _partial, (int)Math.Clamp(Math.Max(count, 2L * _partial.Length), FirstPartialBytes, Math.Max(FirstPartialBytes, lineLengthMaxBytes + 1L)));
        bytes.CopyTo(_partial.AsSpan(_partialBytes));
        _partialBytes = (int)count;
    }

    private void Oversized()
    {
        if (oversizedLines == LinePolicy.Fail)
        {
            throw new SourceFailedException(
                $"Source {source}: a line of more than {lineLengthMaxBytes} bytes found, at most LineLengthMaxBytes = {lineLengthMaxBytes} expected; raise the limit or let OversizedLines drop such lines.");
        }

        recordSkipped(OversizedLine);
        (_partialBytes, _skipping) = (0, true);
    }

    private string Decode(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            recordSkipped(InvalidUtf8);
        return Encoding.UTF8.GetString(line);
    }
}
