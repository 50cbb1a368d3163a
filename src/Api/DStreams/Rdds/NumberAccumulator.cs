using System.Numerics;

namespace Millrace.DStreams.Rdds;

/// <summary>Sums and counts numbers.</summary>
public abstract class NumberAccumulator<T> : Accumulator<T, T>
    where T : struct, INumber<T>
{
    private readonly Lock _lock = new();
    private T _sum;
    private long _count;

    private protected NumberAccumulator(string? name)
        : base(name)
    {
    }

    /// <summary>The sum.</summary>
    public override T Value => Sum;

    /// <summary>The sum.</summary>
    public T Sum => Read().Sum;

    /// <summary>How many numbers were added.</summary>
    public long Count => Read().Count;

    /// <summary>The mean of the numbers; NaN for none.</summary>
    public double Avg => Read() is var (sum, count) && count > 0 ? double.CreateChecked(sum) / count : double.NaN;

    /// <inheritdoc/>
    public override bool IsZero => Count == 0;

    /// <inheritdoc/>
    public override void Add(T value)
    {
        lock (_lock)
        {
            _sum += value;
            _count++;
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_lock)
            (_sum, _count) = (T.Zero, 0);
    }

    private (T Sum, long Count) Read()
    {
        lock (_lock)
            return (_sum, _count);
    }
}
