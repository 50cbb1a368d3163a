using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>What was written can't be read as the type that the program has now. Says which member differs, and how.</summary>
public sealed class SchemaException : MillraceException
{
    public SchemaException()
    {
    }

    public SchemaException(string message)
        : base(message)
    {
    }

    public SchemaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
