using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>One row out for each row in, with its event time and change kind.</summary>
public sealed class MapOperator<TIn, TOut>(Func<TIn, TOut> map) : Operator, IInput<TIn>
{
    private Output<TOut> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<TIn> batch)
    {
        // Why in parts: an output row may be wider than an input row, and no array may reach the large object heap.
        for (var rows = batch.Rows; !rows.IsEmpty;)
        {
            var count = Math.Min(Batch<TOut>.FullSize, rows.Length);
            var result = Batch<TOut>.Rent(count);
            Apply(map, rows[..count], result.Extend(count));
            if (batch.HasSides)
                result.CopySidesFrom(batch, batch.Count - rows.Length);
            rows = rows[count..];
            if (rows.IsEmpty)
                batch.Release();
            _output.Send(result);
        }
    }

    /// <inheritdoc/>
    protected override void OnOpen() => _output = Context.Output<TOut>();

    private static void Apply(Func<TIn, TOut> map, ReadOnlySpan<TIn> rows, Span<TOut> results)
    {
        for (var row = 0; row < rows.Length; row++)
            results[row] = map(rows[row]);
    }
}
