using System.Collections.Immutable;

namespace Millrace.Testing;

/// <summary>A way to run a script; output must not depend on it.</summary>
/// <param name="Name">What failure messages call it.</param>
internal sealed record HarnessWay(string Name)
{
    public static ImmutableArray<HarnessWay> All { get; } =
    [
        new("plain"),
        new("one row per batch") { RowByRow = true },
        new("batches that are views") { FeedsViews = true },
        new("an output that takes one batch at a time") { TakesOneBatch = true },
        new("every epoch rolled back and run again") { RollsBack = true },
        new("three epochs in flight, rolled back and run again") { RollsBack = true, EpochsInFlight = 3 },
        new("every batch taken back once") { TakesBack = true },
        new("restored from deltas after every epoch") { Restores = true },
        new("three epochs in flight, then restored from their deltas") { Restores = true, EpochsInFlight = 3 },
    ];

    public bool RowByRow { get; private init; }

    public bool FeedsViews { get; private init; }

    /// <summary>Behind each port a batch stays as it was sent until the next one comes; input comes in pieces, as where output is held up.</summary>
    public bool TakesOneBatch { get; private init; }

    public bool TakesBack { get; private init; }

    public bool RollsBack { get; private init; }

    public bool Restores { get; private init; }

    /// <summary>Epochs that end before the first of them commits.</summary>
    public int EpochsInFlight { get; private init; } = 1;

    /// <summary>Whether exceptions of user functions are left as they are, for the caller to assert on.</summary>
    public bool IsPlain => ReferenceEquals(this, All[0]);
}
