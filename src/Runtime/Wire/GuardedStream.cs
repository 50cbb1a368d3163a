using System.Runtime.CompilerServices;

namespace Millrace.Runtime.Wire;

/// <summary>Bytes in memory that refuse to be written or read by calls that lie too deep in each other.</summary>
/// <remarks>
/// Why here: Hyperion calls itself for each value in a value, and a stack that overflows ends the process. Every value passes the stream.
/// A level takes about 160 bytes of stack to write and 700 to read: reading may use more than four times as much, so that what was written can be read.
/// </remarks>
internal sealed class GuardedStream : MemoryStream
{
    private const int WriteBytesMax = 32 * 1024;
    private const int ReadBytesMax = 8 * WriteBytesMax;

    // Where the first call stands: the stream may have been made on another thread.
    private long _base;

    public GuardedStream()
    {
    }

    public GuardedStream(byte[] bytes)
        : base(bytes, writable: false)
    {
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check(WriteBytesMax);
        base.Write(buffer, offset, count);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check(WriteBytesMax);
        base.Write(buffer);
    }

    /// <inheritdoc/>
    public override void WriteByte(byte value)
    {
        Check(WriteBytesMax);
        base.WriteByte(value);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        Check(ReadBytesMax);
        return base.Read(buffer, offset, count);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        Check(ReadBytesMax);
        return base.Read(buffer);
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        Check(ReadBytesMax);
        return base.ReadByte();
    }

    private void Check(int bytesMax)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_base == 0)
            _base = StackAddress();
        if (_base - StackAddress() > bytesMax)
            throw new InsufficientExecutionStackException("values lie too deep in each other, perhaps in a circle of references; keep such a structure flat, by keys");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe long StackAddress()
    {
        byte here;
        return (long)&here;
    }
}
