using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Runs functions of the user; what they throw comes out as one line that names operation and partition.</summary>
internal static class UserCode
{
    /// <summary>A task of an action.</summary>
    public static TResult Call<T, TResult>(string operation, int partition, IEnumerable<T> rows, Func<int, IEnumerable<T>, TResult> task)
    {
        try
        {
            return task(partition, rows);
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw Failed(operation, partition, cause);
        }
    }

    /// <summary>What belongs to no partition, such as merging results.</summary>
    public static TResult Call<TResult>(string operation, Func<TResult> work)
    {
        try
        {
            return work();
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw new UserFunctionException($"{operation} threw {UserText.Of(cause)}", cause);
        }
    }

    /// <inheritdoc cref="Call{TResult}(string, Func{TResult})"/>
    public static void Call(string operation, Action work) => Call(operation, () =>
    {
        work();
        return true;
    });

    public static UserFunctionException Failed(string operation, int partition, Exception cause) =>
        new($"{operation} threw {UserText.Of(cause)} (partition {partition})", cause);
}
