using Millrace.Data;
using Millrace.State;

namespace Millrace.DStreams.Rdds;

/// <summary>The value that folds begin with, one of its own for each partition and key, as in Spark: functions may alter it.</summary>
internal static class ZeroValue
{
    /// <param name="operation">What needs it, for the message.</param>
    /// <param name="zero">What is copied, unless its type lets nothing be changed.</param>
    public static Func<T> Of<T>(string operation, T zero)
    {
        var id = new OperatorId(operation);
        // Why a copier for each copy: one is for one thread.
        return StateCopy.Of<T>(id) is null ? () => zero : () => StateCopy.Of<T>(id)!(zero);
    }
}
