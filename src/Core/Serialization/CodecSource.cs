namespace Millrace.Serialization;

/// <summary>Finds codecs for types that have none of our own: what a serializer outside brings in.</summary>
public abstract class CodecSource
{
    /// <summary>Whether it is asked only for types that can't be written by their members. <value>Default false: it goes first.</value></summary>
    public virtual bool IsLastResort => false;

    /// <summary>The codec of a type, or null when this source has none.</summary>
    public abstract Codec<T>? TryMake<T>(CodecCatalog catalog);
}
