namespace Millrace.Data;

/// <summary>A job ended with an error; the message is its reason and the inner exception its cause.</summary>
public sealed class JobFailedException : MillraceException
{
    public JobFailedException()
    {
    }

    public JobFailedException(string message)
        : base(message)
    {
    }

    public JobFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
