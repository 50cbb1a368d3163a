using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>Any number of rows out for each row in, with its event time and change kind.</summary>
public sealed class FlatMapOperator<TIn, TOut>(Action<TIn, Output<TOut>> expand) : Operator, IInput<TIn>
{
    private Output<TOut> _output = null!;

    /// <summary>The operator for a function that returns its rows. Null instead of a sequence is an error; an empty one says "none".</summary>
    public FlatMapOperator(Func<TIn, IEnumerable<TOut>> expand)
        : this((row, output) => expand(row).AddTo(output))
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
}
