using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>Only the rows for which the predicate holds.</summary>
public sealed class FilterOperator<T>(Func<T, bool> predicate) : Operator, IInput<T>
{
    private Output<T> _output = null!;

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch)
    {
        if (!batch.IsView && !batch.HasSides)
            Keep(batch, Compact(predicate, batch.Rows, batch.WritableRows));
        else if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() || batch.HasSides)
            KeepByRow(batch);
        else
            KeepByCopy(batch);
    }

    /// <inheritdoc/>
    protected override void OnOpen() => _output = Context.Output<T>();

    private void KeepByRow(Batch<T> batch)
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
    }

    private void KeepByCopy(Batch<T> batch)
    {
        for (var rows = batch.Rows; !rows.IsEmpty;)
        {
            var count = Math.Min(Batch<T>.FullSize, rows.Length);
            var result = Batch<T>.Rent(count);
            Keep(result, Compact(predicate, rows[..count], result.Extend(count)));
            rows = rows[count..];
        }

        batch.Release();
    }

    private void Keep(Batch<T> batch, int count)
    {
        batch.Truncate(count);
        if (count > 0)
            _output.Send(batch);
        else
            batch.Release();
    }

    /// <summary>Writes the rows that are kept; <paramref name="kept"/> may be <paramref name="rows"/>.</summary>
    private static int Compact(Func<T, bool> predicate, ReadOnlySpan<T> rows, Span<T> kept)
    {
        var count = 0;
        for (var row = 0; row < rows.Length; row++)
        {
            var value = rows[row];
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            {
                if (predicate(value))
                    kept[count++] = value;
            }
            else
            {
                // Why without a branch: one that nobody can foretell costs more than to write each row, where no write barrier comes with it.
                kept[count] = value;
                count += predicate(value) ? 1 : 0;
            }
        }

        return count;
    }
}
