using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Puts the chunks of one read together, in the order of their numbers. Not thread-safe.</summary>
/// <remarks>Chunks before the first that begins a row belong to a row whose beginning was trimmed, and are left out.</remarks>
internal sealed class RowAssembler
{
    private readonly ImmutableArray<JournalMessages.NumberedRow>.Builder _rows = ImmutableArray.CreateBuilder<JournalMessages.NumberedRow>();
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private RowChunkHeader _first;
    private long _firstNumber;
    private long _lastNumber;

    /// <value>The number that is looked at: what an error is about.</value>
    public long Number { get; private set; }

    /// <value>The first number that was there, of whatever chunk; 0 for none.</value>
    public long FirstNumber { get; private set; }

    /// <value>The rows that are whole, so far.</value>
    public ImmutableArray<JournalMessages.NumberedRow> Rows => _rows.ToImmutable();

    /// <exception cref="RowFormatException">The chunk is damaged, or is not the one that must follow.</exception>
    public void Add(long number, byte[] chunk)
    {
        Number = number;
        if (FirstNumber == 0)
            FirstNumber = number;
        if (_lastNumber != 0 && number != _lastNumber + 1)
            throw new RowFormatException($"number {_lastNumber + 1} expected, {number} found: rows between are gone");
        _lastNumber = number;
        var header = RowChunkHeader.Read(chunk);
        if (_parts.Count == 0)
        {
            if (header.Index != 0 && _rows.Count == 0)
                return;
            (_first, _firstNumber) = (header, number);
        }

        if (header.Index != _parts.Count || header.Kind != _first.Kind || header.Count != _first.Count)
            throw new RowFormatException($"chunk {_parts.Count} of {_first.Count} of a {_first.Kind} expected, chunk {header.Index} of {header.Count} of a {header.Kind} found");
        _parts.Add(chunk.AsMemory(RowChunkHeader.Size));
        if (_parts.Count == header.Count)
            Complete(number + 1);
    }

    /// <exception cref="RowFormatException">The last row lacks chunks.</exception>
    public ImmutableArray<JournalMessages.NumberedRow> Finish()
    {
        if (_parts.Count > 0)
            throw new RowFormatException($"{_first.Count} chunks expected from number {_firstNumber} on, {_parts.Count} found: the last are gone");
        return Rows;
    }

    private void Complete(long nextNumber)
    {
        Number = _firstNumber;
        _rows.Add(new(_firstNumber, nextNumber, RowCodec.Decode(_first.Kind, Body())));
        _parts.Clear();
    }

    private ReadOnlyMemory<byte> Body()
    {
        if (_parts is [var only])
            return only;
        var body = new byte[checked((int)_parts.Sum(part => (long)part.Length))];
        var at = 0;
        foreach (var part in _parts)
        {
            part.CopyTo(body.AsMemory(at));
            at += part.Length;
        }

        return body;
    }
}
