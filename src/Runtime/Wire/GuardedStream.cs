using System.Runtime.CompilerServices;

namespace Millrace.Runtime.Wire;

/// <summary>Bytes in memory that refuse to be written or read by calls that lie too deep in each other.</summary>
/// <remarks>
/// Why here: Hyperion calls itself for each value in a value, and a stack that overflows ends the process. Every value passes the stream.
/// Writing may use 256 KB of stack, far less than a thread has, so that what was written on one thread can be read on any.
/// </remarks>
internal sealed class GuardedStream : MemoryStream
{
    private const int StackBytesMax = 256 * 1024;

    private readonly long _base = StackAddress();

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
        CheckWrite();
        base.Write(buffer, offset, count);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        CheckWrite();
        base.Write(buffer);
    }

    /// <inheritdoc/>
    public override void WriteByte(byte value)
    {
        CheckWrite();
        base.WriteByte(value);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Read(buffer, offset, count);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.Read(buffer);
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return base.ReadByte();
    }

    private void CheckWrite()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_base - StackAddress() > StackBytesMax)
            throw new InsufficientExecutionStackException("values lie too deep in each other, perhaps in a circle of references; keep such a structure flat, by keys");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe long StackAddress()
    {
        byte here;
        return (long)&here;
    }
}
