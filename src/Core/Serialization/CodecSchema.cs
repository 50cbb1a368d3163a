using System.Collections.Immutable;

namespace Millrace.Serialization;

/// <summary>How values of a type are written: enough to read them when the type has changed since.</summary>
/// <remarks>
/// A tree. Written as kind, name, number of parts and for each its name and schema. Printed as <c>int</c>, <c>int?</c>, <c>[int]</c>,
/// <c>[text: int]</c>, <c>(text, int)</c>, <c>Order{Id: long, Name: text}</c>.
/// </remarks>
public sealed class CodecSchema : IEquatable<CodecSchema>
{
    /// <summary>How deep parts may lie in each other: 64.</summary>
    internal const int DepthMax = 64;

    /// <param name="kind">What it is.</param>
    /// <param name="name">Of a primitive, an object's type or a serializer; else empty.</param>
    /// <param name="parts">Item, key and value, items or members; of members the name counts.</param>
    internal CodecSchema(SchemaKind kind, string name, ImmutableArray<(string Name, CodecSchema Schema)> parts)
    {
        (Kind, Name, Parts) = (kind, name, parts);
        Depth = parts.IsEmpty ? 1 : 1 + parts.Max(part => part.Schema.Depth);
        BytesMin = kind switch
        {
            SchemaKind.Primitive => Math.Max(1, PrimitiveWidth.Fixed(name)),
            SchemaKind.Tuple or SchemaKind.Object => PartBytesMin,
            SchemaKind.Opaque => sizeof(uint),
            _ => 1,
        };
    }

    public SchemaKind Kind { get; }

    public string Name { get; }

    public ImmutableArray<(string Name, CodecSchema Schema)> Parts { get; }

    internal int Depth { get; }

    /// <summary>The least bytes of a value; 0 only for one without members.</summary>
    internal int BytesMin { get; }

    /// <summary>The least bytes of an item of a list or map.</summary>
    internal int ItemBytesMin => Math.Max(1, PartBytesMin);

    private int PartBytesMin => Parts.Sum(part => part.Schema.BytesMin);

    /// <summary>Bytes of a serializer outside, behind a length of four bytes.</summary>
    public static CodecSchema Opaque(string serializer, Type type)
    {
        ArgumentException.ThrowIfNullOrEmpty(serializer);
        ArgumentNullException.ThrowIfNull(type);
        return new(SchemaKind.Opaque, $"{serializer} {CodecCatalog.Name(type)}", []);
    }

    /// <summary>A value of a kind of its own.</summary>
    internal static CodecSchema Primitive(string name) => new(SchemaKind.Primitive, name, []);

    /// <summary>A schema of unnamed parts.</summary>
    internal static CodecSchema Of(SchemaKind kind, params ReadOnlySpan<CodecSchema> parts) => new(kind, "", [.. parts.ToArray().Select(part => ("", part))]);

    /// <exception cref="CorruptPayloadException">The bytes are no schema.</exception>
    public static CodecSchema ReadFrom(ref CodecReader reader) => ReadFrom(ref reader, 1);

    public void WriteTo(CodecWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte((byte)Kind);
        writer.WriteText(Name);
        writer.WriteVarint((ulong)Parts.Length);
        foreach (var (name, schema) in Parts)
        {
            writer.WriteText(name);
            schema.WriteTo(writer);
        }
    }

    /// <inheritdoc/>
    public bool Equals(CodecSchema? other) =>
        ReferenceEquals(this, other) || (other is not null && Kind == other.Kind && Name == other.Name && Parts.SequenceEqual(other.Parts));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CodecSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Name, Parts.Length);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        SchemaKind.Nullable => $"{Parts[0].Schema}?",
        SchemaKind.List => $"[{Parts[0].Schema}]",
        SchemaKind.Map => $"[{Parts[0].Schema}: {Parts[1].Schema}]",
        SchemaKind.Tuple => $"({string.Join(", ", Parts.Select(part => part.Schema))})",
        SchemaKind.Object => $"{Name}{{{string.Join(", ", Parts.Select(part => $"{part.Name}: {part.Schema}"))}}}",
        _ => Name,
    };

    private static CodecSchema ReadFrom(ref CodecReader reader, int depth)
    {
        var kind = reader.ReadByte();
        if (kind > (byte)SchemaKind.Opaque || depth > DepthMax)
            throw new CorruptPayloadException($"A schema expected at byte {reader.Position - 1}, kind {kind} at depth {depth} found; use another copy.");
        var name = reader.ReadText() ?? "";
        var parts = ImmutableArray.CreateBuilder<(string, CodecSchema)>();
        // Three bytes at least for each part.
        for (var left = reader.ReadLength(elementBytesMin: 3); left > 0; left--)
            parts.Add((reader.ReadText() ?? "", ReadFrom(ref reader, depth + 1)));
        var expected = (SchemaKind)kind switch
        {
            SchemaKind.Nullable or SchemaKind.List => 1,
            SchemaKind.Map => 2,
            SchemaKind.Primitive or SchemaKind.Opaque => 0,
            _ => parts.Count,
        };
        if (parts.Count != expected)
            throw new CorruptPayloadException($"A schema of {expected} parts expected before byte {reader.Position}, {parts.Count} found; use another copy.");
        return new((SchemaKind)kind, name, parts.ToImmutable());
    }
}
