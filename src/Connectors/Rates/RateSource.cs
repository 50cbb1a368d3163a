using Millrace.Data;
using Millrace.Planning;

namespace Millrace.Connectors.Rates;

/// <summary>So many rows a second, numbered from 0, as Spark's <c>rate</c> source.</summary>
/// <remarks>
/// <para>Row <c>n</c> has the timestamp <c>start + n * 1000 / rowsPerSecond</c>, rounded down to a millisecond. An epoch has the rows whose share of
/// a second is over at its planned time. No clock is read: the same planned times give the same rows. It never finishes.</para>
/// <para>Replayable. Where no start is given it is the planned time of the first epoch that is asked for, which is kept with the plans and the state:
/// a program that is started again goes on counting, and the rows of the time between come with its first epochs. One that
/// gives another start or rate is refused.</para>
/// </remarks>
public sealed class RateSource : ISource<RateRow>
{
    private const long RowsPerSecondMax = 1_000_000_000;

    private readonly long _rowsPerSecond;
    private readonly long? _startMs;

    /// <param name="rowsPerSecond">Rows a second over all splits, from 1 to 1,000,000,000.</param>
    /// <param name="start">The timestamp of row 0; null for the first epoch's planned time.</param>
    /// <param name="splits">How many readers share the rows, 1 or more; null for as many as a job's sources have by default. Fixed for the life of the job's state.</param>
    /// <exception cref="GraphException">The rate or the number of splits is out of its range.</exception>
    public RateSource(long rowsPerSecond = 1, DateTimeOffset? start = null, int? splits = null)
    {
        if (rowsPerSecond is < 1 or > RowsPerSecondMax)
            throw new GraphException($"Rate source: {rowsPerSecond} rows a second found, 1 to {RowsPerSecondMax} expected; correct the rate.");
        if (splits < 1 || splits > PlanLimits.ParallelismMax)
            throw new GraphException($"Rate source: {splits} splits found, 1 to {PlanLimits.ParallelismMax} expected, or null for the job's parallelism.");
        (_rowsPerSecond, _startMs, Splits) = (rowsPerSecond, start?.ToUnixTimeMilliseconds(), splits);
        Description = $"rate {rowsPerSecond}/s";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <summary>As it was told, else any number: row <c>n</c> goes to split <c>n mod splits</c>.</summary>
    public int? Splits { get; }

    /// <inheritdoc/>
    public ISplitReader<RateRow> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new RateReader(Description, _rowsPerSecond, _startMs, context.Split.Number, context.Splits);
    }
}
