using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>Only the rows for which the predicate holds.</summary>
public sealed class FilterOperator<T>(Func<T, bool> predicate) : Operator, IInput<T>
{
    private Output<T> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        if (batch.IsView || batch.HasSides)
        {
            var rows = batch.Rows;
            for (var row = 0; row < rows.Length; row++)
            {
                if (!predicate(rows[row]))
                    continue;
                _output.Follow(batch, row);
                _output.Add(rows[row]);
            }

            batch.Release();
            _output.Flush();
            return;
        }

        var kept = Compact(predicate, batch.WritableRows);
        batch.Truncate(kept);
        if (kept > 0)
            _output.Send(batch);
        else
            batch.Release();
    }

    /// <inheritdoc/>
    protected override void OnOpen() => _output = Context.Output<T>();

    private static int Compact(Func<T, bool> predicate, Span<T> rows)
    {
        var kept = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            var value = rows[row];
            if (predicate(value))
                rows[kept++] = value;
        }

        return kept;
    }
}
