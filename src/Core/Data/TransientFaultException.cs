namespace Millrace.Data;

/// <summary>Something outside failed and may work again: the task is restarted and its epochs run again.</summary>
public sealed class TransientFaultException : MillraceException
{
    public TransientFaultException()
    {
    }

    public TransientFaultException(string message)
        : base(message)
    {
    }

    public TransientFaultException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
