namespace Millrace.DStreams.Rdds;

/// <summary>Computes partitions of datasets. The map side of a shuffle is a run over the parent's partitions too.</summary>
internal interface IDatasetRunner
{
    /// <summary>Computes the given partitions and gives the rows of each to <paramref name="task"/>, several at once.</summary>
    /// <returns>What the tasks returned, in the order of <paramref name="partitions"/>.</returns>
    /// <remarks>When tasks throw, that of the first partition in order is thrown once all that were begun have ended. Called from any thread, tasks among them.</remarks>
    TResult[] Run<T, TResult>(Rdd<T> dataset, IReadOnlyList<int> partitions, Func<int, IEnumerable<T>, TResult> task);
}
