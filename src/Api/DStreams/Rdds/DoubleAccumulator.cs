namespace Millrace.DStreams.Rdds;

/// <summary>Sums and counts floating point numbers; in the order in which they come, so that the last digits of the sum may vary.</summary>
/// <inheritdoc cref="Accumulator{TIn, TOut}" path="/remarks"/>
public sealed class DoubleAccumulator : NumberAccumulator<double>
{
    /// <param name="name">What it is called, or null.</param>
    public DoubleAccumulator(string? name = null)
        : base(name)
    {
    }
}
