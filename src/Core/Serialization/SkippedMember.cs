namespace Millrace.Serialization;

/// <summary>A member that was written and that the type no longer has.</summary>
internal sealed class SkippedMember<T>(CodecSchema schema) : Member<T>
{
    public override void Write(CodecWriter writer, ref T target) =>
        throw new InvalidOperationException("This codec reads what an older program wrote; it does not write.");

    public override void Read(ref CodecReader reader, ref T target) => SchemaSkip.Value(schema, ref reader);
}
