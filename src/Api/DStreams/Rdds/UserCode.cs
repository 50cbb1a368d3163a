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

    /// <summary>What merges results on the caller's thread.</summary>
    public static TResult Call<TResult>(string operation, Func<TResult> merge)
    {
        try
        {
            return merge();
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw new UserFunctionException($"{operation} threw {Line(cause)}", cause);
        }
    }

    public static UserFunctionException Failed(string operation, int partition, Exception cause) =>
        new($"{operation} threw {Line(cause)} (partition {partition})", cause);

    private static string Line(Exception cause) => $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";
}
