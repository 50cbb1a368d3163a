namespace Millrace.DStreams.Rdds;

/// <summary>Loops over the rows of a partition; over arrays without an enumerator where they lie in arrays.</summary>
internal static class RowBlocks
{
    public static void ForEach<T>(IEnumerable<T> rows, Action<T> action)
    {
        switch (rows)
        {
            case BatchRows<T> batches:
                batches.ForEach(action);
                break;
            case T[] array:
                foreach (var row in array)
                    action(row);
                break;
            default:
                foreach (var row in rows)
                    action(row);
                break;
        }
    }

    public static long Count<T>(IEnumerable<T> rows) => rows is BatchRows<T> batches ? batches.Count : rows.LongCount();

    /// <summary>The rows in an array: the partition's own where it is one, so it must not be changed.</summary>
    public static T[] ToArray<T>(IEnumerable<T> rows) => rows switch
    {
        T[] array => array,
        BatchRows<T> batches => batches.ToArray(),
        _ => rows.ToArray(),
    };
}
