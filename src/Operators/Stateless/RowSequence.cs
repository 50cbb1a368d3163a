namespace Millrace.Operators.Stateless;

/// <summary>Gives out what a user's function returned.</summary>
internal static class RowSequence
{
    /// <exception cref="InvalidOperationException">The function returned null.</exception>
    internal static void AddTo<T>(this IEnumerable<T>? rows, Output<T> output)
    {
        if (rows is T[] array)
        {
            output.AddRange(array);
            return;
        }

        foreach (var row in NotNull(rows))
            output.Add(row);
    }

    /// <summary>What a function returned, which may be empty and must not be null.</summary>
    internal static IEnumerable<T> NotNull<T>(IEnumerable<T>? rows) =>
        rows ?? throw new InvalidOperationException("the function returned null, a sequence was expected; return an empty one for no rows");
}
