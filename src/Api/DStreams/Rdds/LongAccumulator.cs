namespace Millrace.DStreams.Rdds;

/// <summary>Sums and counts whole numbers.</summary>
/// <inheritdoc cref="Accumulator{TIn, TOut}" path="/remarks"/>
public sealed class LongAccumulator : NumberAccumulator<long>
{
    /// <param name="name">What it is called, or null.</param>
    public LongAccumulator(string? name = null)
        : base(name)
    {
    }
}
