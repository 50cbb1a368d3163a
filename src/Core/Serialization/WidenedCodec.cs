namespace Millrace.Serialization;

/// <summary>Reads values that were written when they could not be null yet.</summary>
internal sealed class WidenedCodec<T>(Codec<T> value) : Codec<T?>
    where T : struct
{
    /// <inheritdoc/>
    public override CodecSchema Schema => value.Schema;

    /// <inheritdoc/>
    public override void Write(CodecWriter writer, T? item) => throw new InvalidOperationException("This codec reads what an older program wrote; it does not write.");

    /// <inheritdoc/>
    public override T? Read(ref CodecReader reader) => value.Read(ref reader);
}
