using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Reads what a <see cref="RowWriter"/> wrote. No length is believed before it was compared with the bytes that are there.</summary>
/// <exception cref="RowFormatException">From every method: the bytes end too early or hold what was never written.</exception>
internal sealed class RowReader(ReadOnlyMemory<byte> body)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlyMemory<byte> _rest = body;

    public byte Byte() => Take(1).Span[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new RowFormatException($"a flag of 0 or 1 expected, {other} found"),
    };

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)).Span);

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)).Span);

    public ulong UInt64() => unchecked((ulong)Int64());

    public string Text()
    {
        try
        {
            return StrictUtf8.GetString(Take(Int32()).Span);
        }
        catch (DecoderFallbackException)
        {
            throw new RowFormatException("text in UTF-8 expected, other bytes found");
        }
    }

    public ReadOnlyMemory<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
            throw new RowFormatException($"{length} more bytes expected, {_rest.Length} found");
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    /// <summary>A list whose items take at least <paramref name="sizeMin"/> bytes each.</summary>
    public ImmutableArray<T> List<T>(int sizeMin, Func<RowReader, T> item)
    {
        var count = Int32();
        if (count < 0 || count > _rest.Length / sizeMin)
            throw new RowFormatException($"{count} items of at least {sizeMin} bytes expected, {_rest.Length} bytes found");
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++)
            items.Add(item(this));
        return items.MoveToImmutable();
    }

    public ReadOnlyMemory<byte> Rest() => Take(_rest.Length);

    public void End()
    {
        if (!_rest.IsEmpty)
            throw new RowFormatException($"the end of the row expected, {_rest.Length} more bytes found");
    }
}
