using System.Collections.Immutable;
using System.Text;
using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>Reads over a value as Hyperion wrote it, before Hyperion sees it: nothing is made, every number is checked against the bytes that remain.</summary>
/// <remarks>
/// Why: Hyperion makes arrays of any length that it reads, follows values into each other until the stack ends, reads fields by their place whatever
/// they are called, and asks which types are allowed only when it reads. What has passed is a value of the declared type, of allowed types, with the
/// members of today, as deep as may be; every item that is claimed is there. Also run on what has just been written, so that it can be read again.
/// </remarks>
internal ref struct HyperionWalk
{
    /// <summary>How deep values may lie in each other.</summary>
    internal const int DepthMax = 200;

    internal const string TooDeep = "Values at most 200 deep in each other expected, deeper ones found, perhaps in a circle of references; keep such a structure flat, by keys.";

    private const int NameBytesMax = 4096;
    private const int NameCharsShown = 200;
    private const byte Null = 0;
    private const byte Bytes = 9;
    private const byte Text = 7;
    private const byte LongText = byte.MaxValue;
    private const byte NewType = 251;
    private const byte PrimitiveArray = 252;
    private const byte KnownType = 254;

    // Manifest, type, bytes of a value; of texts and arrays of bytes these are only the least.
    private static readonly ImmutableArray<(Type? Type, int Bytes)> Primitives =
    [
        (null, 0), (typeof(object), 0), (typeof(long), 8), (typeof(short), 2), (typeof(byte), 1), (typeof(DateTime), 9), (typeof(bool), 1),
        (typeof(string), 1), (typeof(int), 4), (typeof(byte[]), 4), (typeof(DateTimeOffset), 16), (typeof(Guid), 16), (typeof(float), 4),
        (typeof(double), 8), (typeof(decimal), 16), (typeof(char), 2), (null, 0), (typeof(ushort), 2), (typeof(uint), 4), (typeof(ulong), 8),
        (typeof(sbyte), 1),
    ];

    private readonly AllowedTypes _allowed;
    private readonly List<HyperionShape> _types = [];
    private CodecReader _reader;

    private HyperionWalk(ReadOnlySpan<byte> bytes, AllowedTypes allowed)
    {
        _reader = new(bytes);
        _allowed = allowed;
    }

    /// <exception cref="CorruptPayloadException">The bytes are not exactly one value of the type.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, Type declared, AllowedTypes allowed)
    {
        var walk = new HyperionWalk(bytes, allowed);
        walk.Value(declared, 1);
        walk._reader.ExpectEnd();
    }

    private void Value(Type declared, int depth)
    {
        if (depth > DepthMax)
            throw new CorruptPayloadException(TooDeep);
        var manifest = _reader.ReadByte();
        switch (manifest)
        {
            case Null when !declared.IsValueType || Nullable.GetUnderlyingType(declared) is not null:
                break;
            case PrimitiveArray:
                ItemsOfOneType(declared);
                break;
            case NewType:
                Typed(New(), declared, depth);
                break;
            case KnownType:
                Typed(Known(), declared, depth);
                break;
            default:
                Primitive(manifest, Fit(PrimitiveOf(manifest), declared));
                break;
        }
    }

    private void Typed(HyperionShape shape, Type declared, int depth)
    {
        Fit(shape.Type, declared);
        if (shape.Item is { } item)
        {
            for (var left = ItemCount(shape.Rank); left > 0; left--)
                Value(item, depth + 1);
            return;
        }

        foreach (var (_, type) in shape.Fields)
            Value(type, depth + 1);
    }

    /// <summary>A type that comes for the first time: its name, then the names of its fields.</summary>
    private HyperionShape New()
    {
        var start = _reader.Position;
        var name = Encoding.UTF8.GetString(Block(NameBytesMax));
        var shape = _allowed.Find(name)
            ?? throw new CorruptPayloadException($"A value of an allowed type expected at byte {start}, one of {Shown(name)} found; add the type to MillraceHostOptions.SerializableTypes.");
        if (_types.Contains(shape) || (shape is { Item: { } item, Rank: 1, Type.IsArray: true } && HyperionShape.IsPrimitive(item)))
            throw new CorruptPayloadException($"A type for the first time expected at byte {start}, {Shown(name)} found; use another copy.");
        _types.Add(shape);
        Names(shape);
        return shape;
    }

    // Why not those of a collection: they are the platform's own, and are not read.
    private void Names(HyperionShape shape)
    {
        var count = _reader.ReadByte();
        var isSame = count == shape.Fields.Length;
        for (var i = 0; i < count; i++)
        {
            var name = Block(NameBytesMax);
            isSame = isSame && name.SequenceEqual(shape.Fields[i].Name);
        }

        if (!isSame && shape.Item is null)
            throw new CorruptPayloadException($"The members that {CodecCatalog.Name(shape.Type)} has now expected, others found as Hyperion wrote them: it reads them by place; take the change back, or keep what changes in a plain type.");
    }

    private HyperionShape Known()
    {
        var index = _reader.ReadByte() | (_reader.ReadByte() << 8);
        return index < _types.Count
            ? _types[index]
            : throw new CorruptPayloadException($"One of {_types.Count} types expected before byte {_reader.Position}, number {index} found; use another copy.");
    }

    private void ItemsOfOneType(Type declared)
    {
        var manifest = _reader.ReadByte();
        var item = PrimitiveOf(manifest);
        if (manifest == Bytes || !HyperionShape.IsPrimitive(item))
            throw new CorruptPayloadException($"An array of plain values expected before byte {_reader.Position}, of {CodecCatalog.Name(item)} found; use another copy.");
        Fit(item.MakeArrayType(), declared);
        var (count, bytes) = (Length(), Primitives[manifest].Bytes);
        if ((long)count * bytes > _reader.Remaining)
            throw TooLong(count);
        if (manifest != Text)
            _reader.ReadSpan(count * bytes);
        else
            Texts(count);
    }

    private void Texts(int count)
    {
        for (; count > 0; count--)
            ReadText();
    }

    private void Primitive(byte manifest, Type type)
    {
        if (type == typeof(string))
            ReadText();
        else if (manifest == Bytes)
            _reader.ReadSpan(Length());
        else
            _reader.ReadSpan(Primitives[manifest].Bytes);
    }

    // A length of one byte and one, 0 for null, or 255 and one of four bytes.
    private void ReadText()
    {
        var length = _reader.ReadByte();
        _reader.ReadSpan(length == LongText ? Length() : Math.Max(0, length - 1));
    }

    private readonly Type PrimitiveOf(byte manifest) => manifest < Primitives.Length && Primitives[manifest].Type is { } type
        ? type
        : throw new CorruptPayloadException($"A value expected at byte {_reader.Position - 1}, manifest {manifest} found; use another copy.");

    /// <summary>The items of an array of one to three dimensions, or of a collection: none takes less than a byte.</summary>
    private int ItemCount(int rank)
    {
        var count = 1L;
        for (var dimension = 0; dimension < rank; dimension++)
            count = Math.Min(int.MaxValue, count * Size());
        return count <= _reader.Remaining ? (int)count : throw TooLong(count);
    }

    private int Length() => Size() is var length && length <= _reader.Remaining ? length : throw TooLong(length);

    private int Size()
    {
        var size = _reader.ReadFixed32();
        return size <= Envelope.PayloadBytesMax ? (int)size : throw TooLong(size);
    }

    private ReadOnlySpan<byte> Block(int bytesMax) => Length() is var length && length <= bytesMax ? _reader.ReadSpan(length) : throw TooLong(length);

    private readonly Type Fit(Type type, Type declared) => declared.IsAssignableFrom(type) || Nullable.GetUnderlyingType(declared) == type
        ? type
        : throw new CorruptPayloadException($"A {CodecCatalog.Name(declared)} expected before byte {_reader.Position}, a {CodecCatalog.Name(type)} found; use another copy.");

    private readonly CorruptPayloadException TooLong(long length) =>
        new($"A length within the {_reader.Remaining} remaining bytes expected before byte {_reader.Position}, {length} found; use another copy.");

    private static string Shown(string name) => string.Concat(name.Take(NameCharsShown).Select(letter => char.IsControl(letter) ? '?' : letter));
}
