namespace Millrace.Data;

/// <summary>Base of everything Millrace throws. The message is one line: what was expected, what was found, where, what to do.</summary>
public abstract class MillraceException : Exception
{
    protected MillraceException()
    {
    }

    protected MillraceException(string message)
        : base(message)
    {
    }

    protected MillraceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The job it happened in, where one is known.</summary>
    public JobId? Job { get; init; }

    /// <summary>The task it happened in, where one is known.</summary>
    public TaskId? Task { get; init; }
}
