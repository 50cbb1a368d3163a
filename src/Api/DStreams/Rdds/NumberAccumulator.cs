using System.Numerics;
using Millrace.Client;

namespace Millrace.DStreams.Rdds;

/// <summary>Sums and counts numbers.</summary>
public abstract class NumberAccumulator<T> : Accumulator<T, T>
    where T : struct, INumber<T>
{
    private readonly Lock _lock = new();
    private readonly Action<Added> _addAll;
    private T _sum;
    private long _count;

    private sealed class Added
    {
        public T Sum { get; set; }

        public long Count { get; set; }
    }

    private protected NumberAccumulator(string? name)
        : base(name) => _addAll = added => Add(added.Sum, added.Count);

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
        if (DatasetTask.Current is not { } task)
        {
            Add(value, 1);
            return;
        }

        var added = task.UpdateOf(this, static () => new Added(), _addAll);
        added.Sum += value;
        added.Count++;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_lock)
            (_sum, _count) = (T.Zero, 0);
    }

    private void Add(T sum, long count)
    {
        lock (_lock)
        {
            _sum += sum;
            _count += count;
        }
    }

    private (T Sum, long Count) Read()
    {
        lock (_lock)
            return (_sum, _count);
    }
}
