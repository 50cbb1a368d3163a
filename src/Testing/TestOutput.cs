using System.Globalization;
using System.Text;
using Millrace.DStreams;

namespace Millrace.Testing;

/// <summary>What a stream of the program holds, batch by batch. Made by <see cref="StreamScript.Output"/>; for the script's thread.</summary>
/// <remarks>
/// An expectation takes what it looks at. Rows of batches before the one looked at must have been taken too: nothing goes by unseen.
/// Rows are equal when they are by their own <c>Equals</c>, or are tuples or sequences of equal ones.
/// </remarks>
public sealed class TestOutput<T> : ITestOutput
{
    private readonly Lock _lock = new();
    private readonly List<Collected> _batches = [];
    private readonly StreamScript _script;
    private readonly string _name;
    private readonly TimeSpan _slide;
    private int _taken;
    private long _lookedAt;

    private sealed record Collected(DStreams.Time Time, T[] Rows);

    internal StreamingContext Context { get; private set; } = null!;

    /// <inheritdoc/>
    StreamingContext ITestOutput.Context => Context;

    internal TestOutput(StreamScript script, DStream<T> stream, string name)
    {
        _script = script;
        _name = name;
        _slide = stream.SlideDuration;
        Attach(stream);
    }

    /// <inheritdoc/>
    string? ITestOutput.Untaken
    {
        get
        {
            var left = Left().Where(batch => batch.Rows.Length > 0).ToArray();
            return left.Length == 0 ? null : Block($"Output '{_name}': rows found that nobody expected.", [.. left.Select(batch => (Where(batch.Time), Show(batch.Rows)))]);
        }
    }

    /// <summary>Expects exactly these rows, in any order, in the newest batch, and none in untaken ones before it.</summary>
    /// <exception cref="ScriptException">It holds others.</exception>
    public void Expect(params T[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Compare(_script.BatchTime, rows, Newest(), inOrder: false);
    }

    /// <summary>Expects exactly these rows, in this order (by partition, and as they stand in each), in the newest batch, and none in untaken ones before it.</summary>
    /// <exception cref="ScriptException">It holds others.</exception>
    public void ExpectInOrder(params T[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Compare(_script.BatchTime, rows, Newest(), inOrder: true);
    }

    /// <summary>Expects no rows in the newest batch, nor in untaken ones before it.</summary>
    /// <exception cref="ScriptException">There are some.</exception>
    public void ExpectNothing() => Expect();

    /// <summary>Expects exactly these batches since the last expectation, each with its rows in any order. A stream with a slide has batches only there.</summary>
    /// <exception cref="ScriptException">There are others.</exception>
    public void ExpectBatches(params T[][] batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var found = TakeAll();
        if (found.Count != batches.Length)
        {
            throw new ScriptException(Block(
                $"Output '{_name}': {batches.Length} batches expected, {found.Count} found.",
                [
                    .. batches.Select((rows, number) => (string.Create(CultureInfo.InvariantCulture, $"expected {number + 1}"), Show(rows))),
                    .. found.Select(batch => ("found " + Where(batch.Time), Show(batch.Rows))),
                ]));
        }

        foreach (var (batch, rows) in found.Zip(batches))
            Compare(batch.Time, rows, batch.Rows, inOrder: false);
    }

    /// <summary>Takes the batches since the last expectation, whatever they hold.</summary>
    public IReadOnlyList<(DStreams.Time Time, IReadOnlyList<T> Rows)> Take() => [.. TakeAll().Select(batch => (batch.Time, (IReadOnlyList<T>)batch.Rows))];

    /// <inheritdoc/>
    string ITestOutput.Name => _name;

    /// <summary>Listens to the stream of a program that is started again.</summary>
    internal void Attach(DStream<T> stream)
    {
        Context = stream.Context;
        stream.ForeachRDD((rdd, time) => Add(new(time, rdd.Collect())));
    }

    // A program that was killed may give out its last batches once more; then they hold the same rows.
    private void Add(Collected batch)
    {
        lock (_lock)
        {
            if (_batches.Find(known => known.Time == batch.Time) is not { } again)
            {
                _batches.Add(batch);
                return;
            }

            var (missing, surplus) = RowComparison.Differ(again.Rows, batch.Rows);
            if (missing.Count + surplus.Count > 0)
                throw new ScriptException($"Output '{_name}', {Where(batch.Time)}: {Show(again.Rows)} expected as before the restart, {Show(batch.Rows)} found after it.");
        }
    }

    private static string Show(IReadOnlyList<T> rows) => RowComparison.Show(rows);

    private static string Where(DStreams.Time time) => string.Create(CultureInfo.InvariantCulture, $"batch {time}");

    /// <summary>A line, and under it what it speaks of, in two columns.</summary>
    private static string Block(string headline, params ReadOnlySpan<(string Name, string Text)> lines)
    {
        var width = 0;
        foreach (var (name, _) in lines)
            width = Math.Max(width, name.Length);
        var text = new StringBuilder(headline);
        foreach (var (name, value) in lines)
            text.Append("\n  ").Append(name.PadRight(width)).Append("  ").Append(value);
        return text.ToString();
    }

    private List<Collected> Left()
    {
        lock (_lock)
            return _batches[_taken..];
    }

    private List<Collected> TakeAll()
    {
        var left = Left();
        _taken += left.Count;
        _lookedAt = _script.BatchesRun;
        return left;
    }

    /// <summary>Takes the newest batch's rows; null where the stream has no batch at that time.</summary>
    private T[]? Newest()
    {
        var newest = _script.BatchTime;
        if (_script.BatchesRun == 0)
            throw new ScriptException($"Output '{_name}': no batch has run; call RunBatchAsync before an expectation.");
        if (_lookedAt == _script.BatchesRun)
            throw new ScriptException($"Output '{_name}', {Where(newest)}: its rows were taken by the expectation before; run another batch first.");
        if (Left().Exists(batch => batch.Time != newest && batch.Rows.Length > 0))
            throw new ScriptException(((ITestOutput)this).Untaken + $"\nExpect looks at the newest batch only, {Where(newest)}; take all of them with ExpectBatches or Take.");
        return TakeAll().Find(batch => batch.Time == newest)?.Rows;
    }

    /// <param name="time">The batch.</param>
    /// <param name="expected">Its rows as they should be.</param>
    /// <param name="found">Its rows; null where the stream has no such batch.</param>
    /// <param name="inOrder">Whether their order counts.</param>
    private void Compare(DStreams.Time time, T[] expected, T[]? found, bool inOrder)
    {
        var (missing, surplus) = RowComparison.Differ(expected, found ?? []);
        var areSame = missing.Count + surplus.Count == 0;
        if (areSame && (!inOrder || expected.SequenceEqual(found ?? [], RowEquality<T>.Instance)))
            return;
        var absent = string.Create(CultureInfo.InvariantCulture, $"no batch: this stream has one every {_slide.TotalMilliseconds} ms");
        var lines = new List<(string, string)> { ("expected", Show(expected)), ("found", found is null ? absent : Show(found)) };
        if (missing.Count > 0)
            lines.Add(("missing", Show(missing)));
        if (surplus.Count > 0)
            lines.Add(("surplus", Show(surplus)));
        if (missing.Count is > 0 and <= RowComparison.ShownRows && Show(missing) == Show(surplus))
            lines.Add(("but", $"these look the same and are not equal: give {typeof(T).Name} an Equals of its own, or compare what it holds"));
        throw new ScriptException(Block(
            $"Output '{_name}', {Where(time)}: {(areSame ? "the expected rows found in another order" : "other rows found than expected")}.", [.. lines]));
    }
}
