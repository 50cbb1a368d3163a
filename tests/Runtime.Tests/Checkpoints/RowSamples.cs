using System.Collections.Immutable;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A row of each kind in which every field has a value of its own.</summary>
internal static class RowSamples
{
    private static readonly EpochPlan Plan = new(41, [new(1, 2), new(-3, long.MaxValue, IsLast: true, IsVolatile: true, Detail: "täil"), new(5, 5, IsVolatile: true, Detail: "")], 1_700_000_000_123, 0xFEDC_BA98_7654_3210, TakesSnapshot: true, Applied: 39);

    private static readonly AttemptPlan Attempt = new(7, 40, [7, 6], [new(0xA1), new(0xA2)], [1, 2], [new(0xDEAD)], [0], 3);

    private static readonly CommittedEpoch Commit = new(40, 38, [new(new(0xA1), 12), new(new(0xA2), 13)]);

    private static readonly HistoryImage Full = new(
        43, 1_700_000_000_999, 40, [new(8, 9)], [Plan], [Commit], Attempt, 2, [new(0xDEAD), new(0xBEEF)], 37, 30, [new(new(0xA1), 4)], new(JobOutcome.Stopped, "on request"));

    private static readonly HistoryImage Empty = new(0, null, 0, [], [], [], null, 0, [], 0, 0, [], null);

    public static JobBook Book { get; } = new(
        7,
        [
            new(new(0xD5), "rows é", "index", ["20000", ""]),
            new(new(0xD6), "others", "numbers", [], new(IsGraceful: false, "Job others failed: ß")),
            new(new(0xD7), "rows", "index", [], new(IsGraceful: true, null)),
        ]);

    public static ImmutableArray<(string Name, JournalRows.Row Row)> All { get; } =
    [
        ("lease-taken", new JournalRows.LeaseTaken(new(0x0123_4567_89AB_CDEF))),
        ("opened", new JournalRows.Opened(3, Resumes: true, "manifest ü", Full)),
        ("opened-first", new JournalRows.Opened(1, Resumes: false, "", null)),
        ("opened-from-savepoint", new JournalRows.Opened(1, Resumes: true, "manifest", Full with { Closed = null, Origin = 30, LastRanges = [new(8, 9), OffsetRange.None] })),
        ("opened-with-former-snapshot", new JournalRows.Opened(3, Resumes: true, "manifest", Full with { Former = new(20, [new(new(0xA1), 2), new(new(0xA2), 3)]) })),
        ("planned", new JournalRows.Planned(Plan)),
        ("planned-with-orders", new JournalRows.Planned(Plan with { TakesSnapshot = false, Orders = ["replay\n*", "discard\n7.0.1@map"] })),
        ("attempted", new JournalRows.Attempted(Attempt)),
        ("committed", new JournalRows.Committed(Commit)),
        ("snapshotted", new JournalRows.Snapshotted(30, [new(new(0xA1), 4), new(new(0xA2), 5)], Empty, "job words")),
        ("closed-rescaled", new JournalRows.Closed(JobOutcome.Rescaled, "manifest", Full with { Closed = null, Attempt = null, Former = null, Origin = 30, LastAttempt = 5 })),
        ("closed", new JournalRows.Closed(JobOutcome.Failed, "Field 3 of line 7")),
        ("sealed", new JournalRows.Sealed(4)),
        ("epoch-deltas", new JournalRows.EpochDeltas(42, [new(0, 7, new EncodedDelta(new byte[] { 1, 2, 3 })), new(1, 6, null), new(2, 5, new EncodedDelta(Array.Empty<byte>())), new(3, 4, new EncodedDelta(new byte[] { 4 }))])),
        ("task-image", new JournalRows.TaskImage(30, 2, 7, new EncodedDelta(new byte[] { 9, 8, 7, 6 }))),
        ("jobs-booked", new JournalRows.JobsBooked(Book)),
        ("jobs-booked-none", new JournalRows.JobsBooked(JobBook.Empty)),
        ("task-image-none", new JournalRows.TaskImage(31, 3, 8, null)),
    ];
}
