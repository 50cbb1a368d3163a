using Millrace.Runtime.Protocol;

namespace Millrace.Simulation.Tests;

/// <summary>Small jobs for directed scripts.</summary>
internal static class Shapes
{
    public static readonly ProcessUid A = new(10);
    public static readonly ProcessUid B = new(11);

    /// <summary>0 → 1 (sink).</summary>
    public static JobShape Line { get; } = new([new TaskShape(true, false, [], [1]), new TaskShape(false, true, [0], [])]);

    /// <summary>Two independent jobs in one: 0 → 1 (sink) and 2 → 3 (sink).</summary>
    public static JobShape TwoLines { get; } = new(
    [
        new TaskShape(true, false, [], [1]),
        new TaskShape(false, true, [0], []),
        new TaskShape(true, false, [], [3]),
        new TaskShape(false, true, [2], []),
    ]);

    /// <summary>0, 1 → 2 (sink): a task with two input channels.</summary>
    public static TaskShape Join { get; } = new(false, false, [0, 1], [3]);

    public static AttemptPlan Attempt(int number, long @base, int[] generation, ProcessUid[] owner, int[] since, params ProcessUid[] dead) =>
        new(number, @base, [.. generation], [.. owner], [.. since], [.. dead], [], 0);

    public static EpochPlan Plan(long epoch, int tasks) => new(epoch, [.. new OffsetRange[tasks]], epoch * 100, 0);

    public static CommittedEpoch Commit(long epoch, params RowAddress[] rows) => new(epoch, epoch - 1, [.. rows]);

    public static ControlMessages.TaskReferences[] References(params int[] tasks) => [.. tasks.Select(t => new ControlMessages.TaskReferences(t, null, [], null))];
}
