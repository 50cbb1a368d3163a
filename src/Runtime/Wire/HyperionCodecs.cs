using Millrace.Serialization;

namespace Millrace.Runtime.Wire;

/// <summary>The last resort: what can't be written by its members, because only the run tells what it holds, is written by Hyperion.</summary>
/// <param name="serializableTypes">Types that values may hold beside those that their declared type names.</param>
/// <remarks>No codec is made for what holds a function or something of this process, nor where nothing says which types may be found.</remarks>
internal sealed class HyperionCodecs(IEnumerable<Type> serializableTypes) : CodecSource
{
    private readonly Type[] _serializableTypes = [.. serializableTypes];

    /// <inheritdoc/>
    public override bool IsLastResort => true;

    /// <inheritdoc/>
    public override Codec<T>? TryMake<T>(CodecCatalog catalog) =>
        AllowedTypes.TryMake(typeof(T), _serializableTypes) is { } allowed ? new HyperionCodec<T>(allowed) : null;

    /// <summary>A part of what is written under a schema that Hyperion writes; null: there is none.</summary>
    public static string? FindIn(CodecSchema schema) => schema.Kind == SchemaKind.Opaque && schema.Name.StartsWith("hyperion", StringComparison.OrdinalIgnoreCase)
        ? schema.Name
        : schema.Parts.Select(part => FindIn(part.Schema)).FirstOrDefault(part => part is not null);
}
