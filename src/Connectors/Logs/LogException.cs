using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>A log can't be written or read: it is damaged, in use by another writer, complete, or the disk refuses.</summary>
public sealed class LogException : MillraceException
{
    public LogException()
    {
    }

    public LogException(string message)
        : base(message)
    {
    }

    public LogException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
