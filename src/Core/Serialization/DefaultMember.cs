using System.Reflection;

namespace Millrace.Serialization;

/// <summary>A member that the type did not have when a value was written: it gets the default of its constructor's parameter.</summary>
internal sealed class DefaultMember<T, TField>(FieldInfo field, TField value) : Member<T>
{
    private readonly FieldMember<T, TField> _field = new(field, new ConstantCodec(value));

    public override void Write(CodecWriter writer, ref T target) =>
        throw new InvalidOperationException("This codec reads what an older program wrote; it does not write.");

    public override void Read(ref CodecReader reader, ref T target) => _field.Read(ref reader, ref target);

    private sealed class ConstantCodec(TField value) : Codec<TField>
    {
        public override CodecSchema Schema { get; } = CodecSchema.Primitive("default");

        public override void Write(CodecWriter writer, TField ignored)
        {
        }

        public override TField Read(ref CodecReader reader) => value;
    }
}
