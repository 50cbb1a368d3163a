using System.Diagnostics;

namespace Millrace.Runtime.Tasks;

/// <summary>How many rows a task hands to its chain at once, so that it comes back to its open output within half of the longest delay.</summary>
/// <remarks>A chain that is fast ends up with whole batches; one row is the least, however long it takes.</remarks>
internal sealed class SliceSize(TimeSpan delayMax)
{
    private const int RowsAtFirst = 64;
    private const int RowsMax = 1024;

    // Why at least a millisecond: a delay of zero asks for output after every slice, not for slices of one row.
    private readonly long _longest = (long)(Math.Max(delayMax.TotalSeconds, 0.001) / 2 * Stopwatch.Frequency);

    public int Rows { get; private set; } = RowsAtFirst;

    /// <summary>So many rows took so long.</summary>
    /// <param name="rows">What the chain was given at once, at most <see cref="Rows"/>.</param>
    /// <param name="ticks">In units of <see cref="Stopwatch"/>.</param>
    public void Adapt(int rows, long ticks)
    {
        if (ticks > _longest)
        {
            for (Rows = Math.Max(1, rows); ticks > _longest && Rows > 1; ticks /= 2)
                Rows /= 2;
        }
        else if (rows == Rows && ticks < _longest / 2)
        {
            Rows = Math.Min(Rows * 2, RowsMax);
        }
    }
}
