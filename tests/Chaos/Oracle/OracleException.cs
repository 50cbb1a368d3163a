namespace Millrace.Chaos.Oracle;

/// <summary>The oracle can't judge: a file or a table is not what it must be whatever the product did.</summary>
public sealed class OracleException : Exception
{
    public OracleException(string message)
        : base(message)
    {
    }

    public OracleException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public OracleException()
    {
    }
}
