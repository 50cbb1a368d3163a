using System.Runtime.CompilerServices;

namespace Millrace.Runtime.Wire;

/// <summary>Bytes in memory that refuse to be written by calls that lie too deep in each other.</summary>
/// <remarks>
/// Why here: Hyperion calls itself for each value in a value, and a stack that overflows ends the process. Every value passes the stream.
/// A level takes about 160 bytes of stack: more levels fit in here than <see cref="HyperionWalk"/> lets through, and it counts them.
/// </remarks>
internal sealed class GuardedStream : MemoryStream
{
    private const int StackBytesMax = 128 * 1024;

    // Where the first call stands: the stream may have been made on another thread.
    private long _base;

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check();
        base.Write(buffer, offset, count);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Check();
        base.Write(buffer);
    }

    /// <inheritdoc/>
    public override void WriteByte(byte value)
    {
        Check();
        base.WriteByte(value);
    }

    private void Check()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (_base == 0)
            _base = StackAddress();
        if (_base - StackAddress() > StackBytesMax)
            throw new InsufficientExecutionStackException(HyperionWalk.TooDeep);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe long StackAddress()
    {
        byte here;
        return (long)&here;
    }
}
