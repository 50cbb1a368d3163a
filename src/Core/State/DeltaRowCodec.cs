using Millrace.Serialization;

namespace Millrace.State;

/// <summary>How the rows of a delta are written: the schemas of their parts once, then row by row.</summary>
internal abstract class DeltaRowCodec<TRow>
    where TRow : struct, IStateDeltaRow
{
    public abstract void WriteSchemas(CodecWriter writer);

    public abstract void Write(CodecWriter writer, in TRow row);
}
