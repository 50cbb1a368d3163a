namespace Millrace.Data;

/// <summary>A source can't go on; the job fails with this message.</summary>
public sealed class SourceFailedException : MillraceException
{
    public SourceFailedException()
    {
    }

    public SourceFailedException(string message)
        : base(message)
    {
    }

    public SourceFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
