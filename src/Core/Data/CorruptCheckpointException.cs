namespace Millrace.Data;

/// <summary>Durable bytes do not check out: an older checkpoint must be used. Nothing starts empty in silence.</summary>
public sealed class CorruptCheckpointException : MillraceException
{
    public CorruptCheckpointException()
    {
    }

    public CorruptCheckpointException(string message)
        : base(message)
    {
    }

    public CorruptCheckpointException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
