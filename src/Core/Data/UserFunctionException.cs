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
        : base($"Operator {@operator} threw {UserText.Of(cause)}", cause) => Operator = @operator;

    /// <summary>The operator whose function threw.</summary>
    public OperatorId Operator { get; init; }
}
