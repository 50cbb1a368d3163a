using System.Globalization;
using Millrace.Data;

namespace Millrace.Connectors.Rates;

/// <summary>One split of a <see cref="RateSource"/>. Offsets count the split's rows.</summary>
internal sealed class RateReader(string source, long rowsPerSecond, long? startMs, int split, int splits) : ISplitReader<RateRow>
{
    private const int MsPerSecond = 1000;

    private readonly long? _givenMs = startMs;
    private long? _startMs = startMs;
    private string? _position;
    private long _end;

    /// <inheritdoc/>
    public bool IsFinished => false;

    /// <inheritdoc/>
    public long Poll(Epoch epoch, long nowMs)
    {
        _startMs ??= nowMs;
        var rows = (long)Int128.Min((Int128)(nowMs - _startMs.Value) * rowsPerSecond / MsPerSecond, long.MaxValue - splits);
        // Why: a planned time before the last one takes nothing back.
        _end = Math.Max(_end, rows > split ? (rows - split + splits - 1) / splits : 0);
        return _end;
    }

    /// <inheritdoc/>
    public Batch<RateRow>? Read(long from, long to, out long next)
    {
        var start = _startMs ?? throw new InvalidOperationException("A poll before the first read expected: it gives the start.");
        var count = (int)Math.Min(to - from, Batch<RateRow>.FullSize);
        next = from + count;
        if (count == 0)
            return null;
        var batch = Batch<RateRow>.Rent(count);
        var rows = batch.Extend(count);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = (from + i) * splits + split;
            // Why in two parts: their product may be too large.
            rows[i] = new(start + value / rowsPerSecond * MsPerSecond + value % rowsPerSecond * MsPerSecond / rowsPerSecond, value);
        }

        return batch;
    }

    /// <summary>What gives the rows their times: the start and the rate.</summary>
    public string? Describe(long from, long to) => PositionAt(to);

    /// <inheritdoc cref="Describe"/>
    public string? PositionAt(long offset) => _startMs is { } start
        ? _position ??= string.Create(CultureInfo.InvariantCulture, $"{start} {rowsPerSecond}")
        : null;

    /// <inheritdoc/>
    public void Resume(SplitProgress progress)
    {
        _end = progress.Planned.Count > 0 ? progress.Planned[^1].To : progress.Committed;
        var text = progress.Position ?? progress.Planned.FirstOrDefault(range => range.Description is not null)?.Description;
        if (text is null && _end == 0)
            return;
        if (text?.Split(' ') is not [var startText, var rateText]
            || !long.TryParse(startText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start))
            throw new SourceFailedException($"Source {source}: the time of its row 0 and its rate expected with {_end} planned rows, {(text is null ? "none" : $"'{text}'")} found; the checkpoint was written by another version, or is damaged.");
        if (rateText != rowsPerSecond.ToString(CultureInfo.InvariantCulture))
            throw Refused($"{rateText} rows a second", $"{rowsPerSecond}");
        if (_givenMs is { } given && given != start)
            throw Refused($"start {Time(start)}", Time(given));
        _startMs = start;
    }

    /// <inheritdoc/>
    public void Release(long offset)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private SourceFailedException Refused(string written, string present) =>
        new($"Source {source}: the {written} of its checkpoint expected, {present} found; another one gives rows other times: keep it, or begin in a new checkpoint directory.");
}
