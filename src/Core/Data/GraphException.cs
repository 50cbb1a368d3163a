namespace Millrace.Data;

/// <summary>The program's graph is wrong: fix the program. Thrown while a graph is built or planned, before anything runs.</summary>
public sealed class GraphException : MillraceException
{
    public GraphException()
    {
    }

    public GraphException(string message)
        : base(message)
    {
    }

    public GraphException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
