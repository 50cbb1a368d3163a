namespace Millrace.Chaos;

/// <summary>The run can't go on: a process did not do what it must do whatever is killed. The message says which and what it wrote last.</summary>
public sealed class ChaosException : Exception
{
    public ChaosException(string message)
        : base(message)
    {
    }

    public ChaosException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ChaosException()
    {
    }
}
