namespace Millrace.Serialization;

/// <summary>One member of a type, or one that it had when a value was written.</summary>
internal abstract class Member<T>
{
    public abstract void Write(CodecWriter writer, ref T target);

    public abstract void Read(ref CodecReader reader, ref T target);
}
