using Millrace.Data;

namespace Millrace.Testing;

/// <summary>A program did not do what its <see cref="StreamScript"/> expects. The message names output and batch, and lists what was expected and what was found.</summary>
public sealed class ScriptException : MillraceException
{
    public ScriptException()
    {
    }

    public ScriptException(string message)
        : base(message)
    {
    }

    public ScriptException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
