using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>Bytes can't be the written form of a value: they were damaged, cut short, or written by something else.</summary>
/// <remarks>Reading the same bytes again fails in the same way: use another copy.</remarks>
public sealed class CorruptPayloadException : MillraceException
{
    public CorruptPayloadException()
    {
    }

    public CorruptPayloadException(string message)
        : base(message)
    {
    }

    public CorruptPayloadException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
