using System.Buffers.Binary;
using Millrace.Connectors.Lines;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Sockets;

/// <summary>Cuts the bytes of one connection after another into blocks, and these into rows. The format is in <see cref="RawSocketWriter{T}"/>.</summary>
/// <remarks>A block is taken as a whole or not at all. Of one that is too long nothing is kept.</remarks>
internal sealed class BlockSplitter<T> : IRecordSplitter<WeighedRow<T>>
{
    internal const string OversizedBlock = "oversized block";
    internal const string NegativeLength = "negative block length";
    internal const string TornBlock = "torn block";
    internal const string UndecodableBlock = "undecodable block";

    private const int HeaderBytes = sizeof(int);
    private const int FirstBodyBytes = 4096;

    private readonly string _source;
    private readonly RawSocketSourceOptions _options;
    private readonly Action<string> _recordSkipped;
    private readonly string _rowType;
    private readonly List<T> _rows = [];
    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _body = [];
    private byte[] _schema;
    private Codec<T> _codec;
    private int _headerBytes;
    private int _bodyBytes;
    private int _length;
    private int _skipBytes;

    /// <param name="source">The source, as messages name it.</param>
    /// <param name="codec">Of the rows.</param>
    /// <param name="options">What a block may be, and what becomes of others.</param>
    /// <param name="recordSkipped">Counts the blocks left out, by reason.</param>
    public BlockSplitter(string source, Codec<T> codec, RawSocketSourceOptions options, Action<string> recordSkipped)
    {
        (_source, _codec, _options, _recordSkipped, _rowType) = (source, codec, options, recordSkipped, codec.Schema.ToString());
        using var writer = new CodecWriter();
        codec.Schema.WriteTo(writer);
        _schema = writer.ToArray();
    }

    /// <summary>Room held for an unfinished block, in bytes.</summary>
    internal int BodyCapacityBytes => _body.Length;

    /// <inheritdoc/>
    public string? Push(ReadOnlySpan<byte> bytes, List<WeighedRow<T>> records)
    {
        while (!bytes.IsEmpty)
        {
            if (_skipBytes > 0)
            {
                var skipped = Math.Min(_skipBytes, bytes.Length);
                _skipBytes -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_headerBytes < HeaderBytes)
            {
                var taken = Math.Min(HeaderBytes - _headerBytes, bytes.Length);
                bytes[..taken].CopyTo(_header.AsSpan(_headerBytes));
                _headerBytes += taken;
                bytes = bytes[taken..];
                if (_headerBytes == HeaderBytes && Begin(BinaryPrimitives.ReadInt32BigEndian(_header)) is { } reason)
                    return reason;
            }
            else
            {
                var taken = Math.Min(_length - _bodyBytes, bytes.Length);
                Take(bytes[..taken], records);
                bytes = bytes[taken..];
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void End(List<WeighedRow<T>> records)
    {
        var (headerBytes, bodyBytes, length) = (_headerBytes, _bodyBytes, _length);
        (_headerBytes, _bodyBytes, _skipBytes) = (0, 0, 0);
        if (headerBytes == HeaderBytes)
            Refuse(TornBlock, $"the connection ended after {bodyBytes} of the {length} bytes of a block");
        else if (headerBytes > 0)
            Refuse(TornBlock, $"the connection ended after {headerBytes} of the {HeaderBytes} bytes of a block's length");
    }

    /// <summary>A length has come.</summary>
    private string? Begin(int length)
    {
        _length = length;
        if (length > 0 && length <= _options.BlockLengthMaxBytes)
            return null;
        _headerBytes = 0;
        if (length < 0)
        {
            Refuse(NegativeLength, $"a block of {length} bytes found, 0 or more expected");
            return $"a block of {length} bytes found, 0 or more expected, so what follows can't be read";
        }

        if (length > 0)
        {
            Refuse(OversizedBlock, $"a block of {length} bytes found, at most BlockLengthMaxBytes = {_options.BlockLengthMaxBytes} expected");
            _skipBytes = length;
        }

        return null;
    }

    /// <summary>Takes bytes of the block; decodes it in place where it has come in one piece.</summary>
    private void Take(ReadOnlySpan<byte> bytes, List<WeighedRow<T>> records)
    {
        if (bytes.Length < _length)
        {
            Keep(bytes);
            if (_bodyBytes < _length)
                return;
            bytes = _body.AsSpan(0, _bodyBytes);
        }

        (_headerBytes, _bodyBytes) = (0, 0);
        Decode(bytes, records);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var count = _bodyBytes + bytes.Length;
        if (count > _body.Length)
            Array.Resize(ref _body, (int)Math.Clamp(2L * count, FirstBodyBytes, Math.Max(FirstBodyBytes, _length)));
        bytes.CopyTo(_body.AsSpan(_bodyBytes));
        _bodyBytes = count;
    }

    private void Decode(ReadOnlySpan<byte> block, List<WeighedRow<T>> records)
    {
        try
        {
            var reader = new CodecReader(block);
            if (block.StartsWith(_schema))
                reader.ReadSpan(_schema.Length);
            else
                Learn(ref reader, block);
            RowBlock.Read(ref reader, _codec, _rows);
            var share = _rows.Count == 0 ? 0 : 1 + (block.Length - 1) / _rows.Count;
            foreach (var row in _rows)
                records.Add(new(row, share));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Why every failure: a set of the user's keys asks them for their hashes, whatever the bytes made of them.
            Refuse(UndecodableBlock, $"a block of {block.Length} bytes found, rows of {_rowType} expected ({OneLine(failure)})");
        }
        finally
        {
            _rows.Clear();
        }
    }

    // Why a catalog of its own: one that keeps what it has made would keep every schema that a peer thinks of.
    private void Learn(ref CodecReader reader, ReadOnlySpan<byte> block)
    {
        _codec = new CodecCatalog().Of<T>(CodecSchema.ReadFrom(ref reader));
        _schema = block[..reader.Position].ToArray();
    }

    private void Refuse(string reason, string found)
    {
        if (_options.BadBlocks == BlockPolicy.Fail)
            throw new SourceFailedException($"Source {_source}: {found}; correct the sender or its options, or let BadBlocks drop such blocks.");
        _recordSkipped(reason);
    }

    private static string OneLine(Exception failure) => UserText.Of(failure).TrimEnd('.', ' ');
}
