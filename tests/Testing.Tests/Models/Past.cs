namespace Millrace.Testing.Tests.Models;

/// <summary>What a model knows when it says what a form gives out: the batches up to one of them.</summary>
/// <param name="Batches">All batches.</param>
/// <param name="At">The batch, from 0 on.</param>
/// <param name="Setting">How the program is built.</param>
/// <param name="IsOnWindows">Whether the rows are those of windows.</param>
internal sealed record Past(((int Key, int Value)[] Left, (int Key, int Value)[] Right)[] Batches, int At, Setting Setting, bool IsOnWindows = false)
{
    public (int Key, int Value)[] Left => [.. Batches[First..(At + 1)].SelectMany(batch => batch.Left)];

    public (int Key, int Value)[] Right => [.. Batches[First..(At + 1)].SelectMany(batch => batch.Right)];

    public long Ms => (At + 1) * 1000L;

    public bool IsDue => !IsOnWindows || (At + 1) % Setting.Slide == 0;

    /// <summary>This batch and those before it; of windows the windows.</summary>
    public IEnumerable<Past> History => Enumerable.Range(0, At + 1).Select(at => this with { At = at }).Where(past => past.IsDue);

    private int First => IsOnWindows ? Math.Max(0, At + 1 - Setting.Window) : At;

    public Past OnWindows() => this with { IsOnWindows = true };
}
