using System.Text.Json;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>Rows of every kind whose fields all differ, so that none can be lost or swapped unseen.</summary>
internal static class RowSamples
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly ProcessUid Ann = new(0xA11CE5_0000_0001);
    private static readonly ProcessUid Bob = new(0xFFFF_0000_1111_2222);

    private static readonly EpochPlan Plan = new(11, [new(12, 13), new(-14, 15, IsLast: true), new(16, 17, IsVolatile: true, Detail: "file:ä.txt")], 1_800_000_000_000, 0xFEED_FACE_CAFE_BEEF, TakesSnapshot: true, Applied: 9);
    private static readonly AttemptPlan Attempt = new(21, 22, [23, 24], [Ann, ProcessUid.None], [25, 26], [Bob], [1, 0], 27);
    private static readonly CommittedEpoch Commit = new(31, 30, [new(Ann, 32), new(Bob, 33)]);
    private static readonly JournalRows.Closed Closed = new(JobOutcome.Failed, "Task 3 failed: é");
    private static readonly HistoryImage History = new("job words", 41, 42, 43, [new(44, 45)], [Plan], [Commit], Attempt, 46, [Bob, Ann], 40, 47, [new(Bob, 48)], Closed);
    private static readonly HistoryImage Young = new("", 0, null, 0, [], [], [], null, 0, [], 0, 0, [], null);

    public static IReadOnlyDictionary<string, JournalRows.Row> All { get; } = new Dictionary<string, JournalRows.Row>(StringComparer.Ordinal)
    {
        ["lease-taken"] = new JournalRows.LeaseTaken(Ann),
        ["opened"] = new JournalRows.Opened(2, true, "words 5 → lines", History),
        ["opened-first"] = new JournalRows.Opened(1, false),
        ["planned"] = new JournalRows.Planned(Plan),
        ["attempted"] = new JournalRows.Attempted(Attempt),
        ["committed"] = new JournalRows.Committed(Commit),
        ["snapshotted"] = new JournalRows.Snapshotted(51, [new(Ann, 52), new(Bob, 53)], Young),
        ["closed"] = Closed,
        ["sealed"] = new JournalRows.Sealed(61),
        ["epoch-deltas"] = new JournalRows.EpochDeltas(71, [new(0, 2, new EncodedDelta(new byte[] { 1, 2, 3 })), new(1, 3, null), new(4, 5, new EncodedDelta(default)), new(6, 7, new EncodedDelta(new byte[] { 9 }))]),
        ["task-image"] = new JournalRows.TaskImage(81, 3, 4, new EncodedDelta(new byte[] { 0xAB, 0xCD })),
        ["task-image-none"] = new JournalRows.TaskImage(82, 5, 6, null),
    };

    /// <summary>All fields of a row, compared where records with arrays can't be.</summary>
    public static string Json(JournalRows.Row row) => row.GetType().Name + JsonSerializer.Serialize(row, row.GetType(), Indented);

    public static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
