namespace Millrace.Testing.Tests.Models;

/// <summary>How a program is built: durations in batches.</summary>
/// <param name="Parallelism">Partitions of the job.</param>
/// <param name="Left">How the left stream is partitioned by key before the operation; not, where it is as the job.</param>
/// <param name="Right">The same of the right one.</param>
/// <param name="Operation">Where the operation has its keys.</param>
/// <param name="Window">Length of windows.</param>
/// <param name="Slide">Slide of windows.</param>
/// <param name="Idle">How long a key may be idle.</param>
/// <param name="Checkpoint">From one image of the state to the next.</param>
/// <param name="Initial">States to begin with, or null for none.</param>
internal sealed record Setting(
    int Parallelism, Placing Left, Placing Right, Placing Operation, int Window, int Slide, int Idle, int Checkpoint, (int Key, int State)[]? Initial)
{
    public override string ToString() =>
        $"parallelism {Parallelism}, left {Left}, right {Right}, operation {Operation}, window {Window}, slide {Slide}, idle {Idle}, "
        + $"checkpoint {Checkpoint}, initial {(Initial is null ? "none" : string.Join(' ', Initial))}";
}
