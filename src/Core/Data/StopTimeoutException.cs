namespace Millrace.Data;

/// <summary>A graceful stop was given up after <c>millrace.stop.graceful-timeout</c> without a commit, and the job ended as by an immediate one; the message says what was not written.</summary>
/// <remarks>Nothing is broken: a job with a checkpoint directory goes on with it when it is started again. Mend what holds the sink or source up, or raise the key.</remarks>
public sealed class StopTimeoutException : MillraceException
{
    public StopTimeoutException()
    {
    }

    public StopTimeoutException(string message)
        : base(message)
    {
    }

    public StopTimeoutException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
