
namespace Millrace.Connectors.Sockets;

/// <summary>How a <see cref="RawSocketSource{T}"/> reads. Checked when the source is made.</summary>
public sealed record RawSocketSourceOptions : SocketOptions
{
    private const int BlockLengthMaxBytesLimit = 1 << 29;

    /// <summary>The longest block, in bytes without its length. Memory for an unfinished block never exceeds it, and grows only with what has come.</summary>
    /// <value>Default 16 MB (16,777,216). From 1 byte to 512 MB.</value>
    public int BlockLengthMaxBytes { get; init; } = 16 << 20;

    /// <summary>What happens to a block that can't be taken.</summary>
    /// <value>Default <see cref="BlockPolicy.Drop"/>.</value>
    public BlockPolicy BadBlocks { get; init; } = BlockPolicy.Drop;

    /// <inheritdoc/>
    internal override void Validate(string source)
    {
        if (BlockLengthMaxBytes is < 1 or > BlockLengthMaxBytesLimit)
            throw Wrong(source, nameof(BlockLengthMaxBytes), BlockLengthMaxBytes, $"1 to {BlockLengthMaxBytesLimit} bytes");
        if (!Enum.IsDefined(BadBlocks))
            throw Wrong(source, nameof(BadBlocks), BadBlocks, "Drop or Fail");
        base.Validate(source);
    }
}
