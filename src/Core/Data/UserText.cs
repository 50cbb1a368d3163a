namespace Millrace.Data;

/// <summary>What a user's exception or value says of itself, in one line: for messages, which must come out whatever it throws meanwhile.</summary>
public static class UserText
{
    private const int LengthMax = 1000;

    /// <summary>Type and message: <c>FormatException: not a number</c>.</summary>
    public static string Of(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        // They say nothing but that there is a cause.
        while (cause is TypeInitializationException or System.Reflection.TargetInvocationException && cause.InnerException is { } inner)
            cause = inner;
        return $"{cause.GetType().Name}: {Cut(Read(() => cause.Message, "Message"), LengthMax)}";
    }

    /// <summary>The exception with its stack and what is inside it, over many lines.</summary>
    public static string Details(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        try
        {
            return cause.ToString();
        }
        catch (Exception)
        {
            return $"{Of(cause)}\n{cause.StackTrace}";
        }
    }

    /// <summary>The value's text, at most <paramref name="lengthMax"/> characters of it.</summary>
    public static string OfValue<T>(T value, int lengthMax = LengthMax) => Cut(Read(() => value?.ToString() ?? "null", "ToString"), lengthMax);

    private static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax] + "…";

    private static string Read(Func<string?> read, string member)
    {
        try
        {
            return (read() ?? "").ReplaceLineEndings(" ");
        }
        catch (Exception failure)
        {
            return $"(its {member} threw {failure.GetType().Name})";
        }
    }
}
