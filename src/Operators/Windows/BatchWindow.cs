using System.Globalization;

namespace Millrace.Operators.Windows;

/// <summary>Windows over the batches of a stream, counted from 1: at every slide the last so many batches.</summary>
/// <remarks>
/// Batches that are always in a window together form a pane: gcd(window, slide) of them, after Li et al., <i>No Pane, No Gain</i>
/// (SIGMOD Record 2005). A pane is named by the batch that ends it.
/// </remarks>
internal sealed class BatchWindow
{
    private readonly int _windowBatches;
    private readonly int _slideBatches;

    internal BatchWindow(int windowBatches, int slideBatches)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowBatches);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slideBatches);
        _windowBatches = windowBatches;
        _slideBatches = slideBatches;
        PaneBatches = GreatestCommonDivisor(windowBatches, slideBatches);
    }

    /// <value>Batches in a pane.</value>
    internal int PaneBatches { get; }

    /// <value>Panes that end between two slides.</value>
    internal int SlidePanes => _slideBatches / PaneBatches;

    /// <value>Panes that there may be before the oldest expire: those of a window and of the slide behind it.</value>
    internal int PanesMax => (_windowBatches + _slideBatches) / PaneBatches;

    /// <summary>Whether a window ends with a batch.</summary>
    internal bool IsDue(long batch) => batch % _slideBatches == 0;

    /// <summary>Whether a pane ends with a batch.</summary>
    internal bool EndsPane(long batch) => batch % PaneBatches == 0;

    /// <summary>Whether a batch is in any window; between windows farther apart than they are long there are batches that are not.</summary>
    internal bool Holds(long batch) => (_slideBatches - (batch % _slideBatches)) % _slideBatches < _windowBatches;

    /// <summary>The first batch of the window that ends with a batch; may lie before the first of all.</summary>
    internal long FirstOf(long dueBatch) => dueBatch - _windowBatches + 1;

    /// <summary>The first batch of the window after the one that ends with a batch.</summary>
    internal long FirstOfNext(long dueBatch) => FirstOf(dueBatch + _slideBatches);

    /// <summary>Length and slide: <c>windows of 6 batches every 2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"windows of {_windowBatches} batches every {_slideBatches}");

    private static int GreatestCommonDivisor(int larger, int smaller)
    {
        while (smaller > 0)
            (larger, smaller) = (smaller, larger % smaller);
        return larger;
    }
}
