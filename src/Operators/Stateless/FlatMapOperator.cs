using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>Any number of rows out for each row in, with its event time and change kind.</summary>
public sealed class FlatMapOperator<TIn, TOut>(Action<TIn, Output<TOut>> expand) : Operator, IInput<TIn>
{
    private Output<TOut> _output = null!;

    /// <summary>The operator for a function that returns its rows. Null instead of a sequence is an error; an empty one says "none".</summary>
    public FlatMapOperator(Func<TIn, IEnumerable<TOut>> expand)
        : this((row, output) => AddAll(expand(row), output))
    {
    }

    /// <inheritdoc/>
    public void OnBatch(Batch<TIn> batch)
    {
        var rows = batch.Rows;
        for (var row = 0; row < rows.Length; row++)
        {
            _output.Follow(batch, row);
            expand(rows[row], _output);
        }

        batch.Release();
        _output.Flush();
    }

    /// <inheritdoc/>
    protected override void OnOpen() => _output = Context.Output<TOut>();

    private static void AddAll(IEnumerable<TOut>? rows, Output<TOut> output)
    {
        switch (rows)
        {
            case TOut[] array:
                output.AddRange(array);
                break;
            case null:
                throw new InvalidOperationException("the function returned null, a sequence was expected; return an empty one for no rows");
            default:
                foreach (var row in rows)
                    output.Add(row);
                break;
        }
    }
}
