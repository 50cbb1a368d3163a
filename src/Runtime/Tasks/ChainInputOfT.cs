using System.Runtime.CompilerServices;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <inheritdoc/>
internal sealed class ChainInput<T>(Output<T> entry) : ChainInput
{
    private const int DescriptionLengthMax = 200;

    /// <inheritdoc/>
    public override void Deliver(Batch batch) => entry.Send((Batch<T>)batch);

    /// <inheritdoc/>
    public override Batch SliceOf(Batch batch, int first, int count) => ((Batch<T>)batch).Slice(first, count);

    /// <inheritdoc/>
    public override Batch RowOf(Batch batch, int row) => ((Batch<T>)batch).RowAt(row);

    /// <inheritdoc/>
    public override string Describe(Batch batch, int row)
    {
        object? value = ((Batch<T>)batch).Rows[row];
        var (label, shown) = value is ITuple { Length: 2 } pair ? ("key", pair[0]) : ("record", value);
        return $"{label} {UserText.OfValue(shown, DescriptionLengthMax)}";
    }
}
