using Millrace.Connectors.Lines;

namespace Millrace.Connectors.Sockets;

/// <summary>How a <see cref="SocketTextSource"/> reads. Checked when the source is made.</summary>
public sealed record SocketSourceOptions : SocketOptions
{
    private const int LineLengthMaxBytesLimit = 1 << 29;

    /// <summary>The longest line, in bytes of UTF-8 without its end of line. Memory for an unfinished line never exceeds it.</summary>
    /// <value>Default 1 MB (1,048,576). From 1 byte to 512 MB.</value>
    public int LineLengthMaxBytes { get; init; } = 1 << 20;

    /// <summary>What happens to a longer line.</summary>
    /// <value>Default <see cref="LinePolicy.Drop"/>.</value>
    public LinePolicy OversizedLines { get; init; } = LinePolicy.Drop;

    /// <inheritdoc/>
    internal override void Validate(string source)
    {
        if (LineLengthMaxBytes is < 1 or > LineLengthMaxBytesLimit)
            throw Wrong(source, nameof(LineLengthMaxBytes), LineLengthMaxBytes, $"1 to {LineLengthMaxBytesLimit} bytes");
        if (!Enum.IsDefined(OversizedLines))
            throw Wrong(source, nameof(OversizedLines), OversizedLines, "Drop or Fail");
        base.Validate(source);
    }
}
