using Millrace.Data;

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
    /// <exception cref="GraphException">The rate is out of its range.</exception>
    public RateSource(long rowsPerSecond = 1, DateTimeOffset? start = null)
    {
        if (rowsPerSecond is < 1 or > RowsPerSecondMax)
            throw new GraphException($"Rate source: {rowsPerSecond} rows a second found, 1 to {RowsPerSecondMax} expected; correct the rate.");
        (_rowsPerSecond, _startMs) = (rowsPerSecond, start?.ToUnixTimeMilliseconds());
        Description = $"rate {rowsPerSecond}/s";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => true;

    /// <summary>Any number: row <c>n</c> goes to split <c>n mod splits</c>.</summary>
    public int? Splits => null;

    /// <inheritdoc/>
    public ISplitReader<RateRow> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new RateReader(Description, _rowsPerSecond, _startMs, context.Split.Number, context.Splits);
    }
}
