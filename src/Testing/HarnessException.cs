using Millrace.Data;

namespace Millrace.Testing;

/// <summary>An operator did not do what its script expects. The message names the way the script ran, the step, expected and found.</summary>
public sealed class HarnessException : MillraceException
{
    public HarnessException()
    {
    }

    public HarnessException(string message)
        : base(message)
    {
    }

    public HarnessException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
