namespace Millrace.Data;

/// <summary>A function given by the user threw, or returned what it may not. Carries the operator and, once isolated, the record's place.</summary>
public sealed class UserFunctionException : MillraceException
{
    public UserFunctionException()
    {
    }

    public UserFunctionException(string message)
        : base(message)
    {
    }

    public UserFunctionException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public UserFunctionException(OperatorId @operator, Exception cause)
        : base(cause is UserFunctionException within ? $"Operator {@operator}: {within.Message}" : $"Operator {@operator} threw {UserText.Of(cause)}", cause) =>
        Operator = @operator;

    /// <summary>The operator whose function threw; without a name as long as it is not known, as in an RDD.</summary>
    public OperatorId Operator { get; init; }

    /// <summary>Whether it is known which operator's function threw.</summary>
    internal static bool IsPlaced(Exception cause) => cause is UserFunctionException { Operator.Name: not null };
}
