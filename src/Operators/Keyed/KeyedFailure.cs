using Millrace.Data;

namespace Millrace.Operators.Keyed;

/// <summary>Names the key for which a user's function threw at the end of an epoch, where no record can be named.</summary>
internal static class KeyedFailure
{
    internal static UserFunctionException Of<TKey>(OperatorId @operator, TKey key, Exception cause) =>
        new($"Operator {@operator} for key {UserText.OfValue(key)} threw {UserText.Of(cause)}", cause) { Operator = @operator };
}
