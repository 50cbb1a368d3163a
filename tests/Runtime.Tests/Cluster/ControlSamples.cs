using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>A message of each kind, with every field of its own value, and those with fields that may be absent without them.</summary>
internal static class ControlSamples
{
    private static readonly ProcessUid A = new(0xA1);
    private static readonly ProcessUid B = new(0xB2);

    public static IReadOnlyList<(string Name, object Message)> All { get; } =
    [
        ("beat", new Beat(1, 2, 3, 4)),
        ("attempt", new Attempt(5, new AttemptPlan(2, 7, [1, 2], [A, B], [1, 2], [B], [1], 3), [Whole, Bare])),
        ("run", new Run(6, new EpochPlan(9, [new OffsetRange(1, 4), new OffsetRange(2, 5, true, true, "file=a")], 1000, 77, true, 6, ["replay x"]))),
        ("commit", new Commit(7, new CommittedEpoch(10, 9, [new(A, 3), new(B, 4)]))),
        ("poll", new Poll(8, 11, 1100, true)),
        ("stand-down", new StandDown(9)),
        ("job-closed", new JobClosed(10, JobOutcome.Failed, "operator count é")),
        ("snapshot-named", new SnapshotNamed(11, 12)),
        ("references", new References(12, 13, Whole)),
        ("references-bare", new References(12, 13, Bare)),
        (
            "heartbeat",
            new Heartbeat(
                A, "node-1:7000", 1, 2, 3, 4, 5,
                [new(0, 1, 6, new(A, 7), 8, new(14, 15))],
                [new(1, 2, "reset", FailureKind.Channel), new(2, 3, "null key", FailureKind.Fatal)],
                [new(3, 9)],
                10,
                [new(0, 1, 6, new(A, 12), 13)],
                ["node-2:7000"],
                16,
                TakesTasks: false)),
        ("heartbeat-empty", new Heartbeat(B, "", 0, 0, 0, 0, 0, [], [], [], 0)),
        ("acknowledge", new Acknowledge(A, [new(0, 1, 6, new(A, 7)), new(1, 1, 6, new(A, 8), 9)])),
        ("offsets-polled", new OffsetsPolled(A, 1, 2, 3, 4, true, 5, "detail", true, "failure")),
        ("offsets-polled-bare", new OffsetsPolled(A, 1, 2, 3, 4, false, 5)),
        ("task-failed", new ControlMessages.TaskFailed(B, new(1, 2, "FormatException: no number", FailureKind.Record))),
        ("sink-applied", new SinkApplied(B, new(3, 14))),
        ("snapshot-written", new SnapshotWritten(B, new(0, 1, 6, new(B, 12), 13))),
        ("references-wanted", new ReferencesWanted(A, 1, 2, 3, "row 4 is gone")),
    ];

    private static TaskReferences Whole => new(
        1,
        new ImageReference(20, new(A, 21)),
        [new(21, 20, new(A, 22)), new(22, 21, new(B, 1))],
        new SourceStart(100, 200, [new OffsetRange(100, 200, false, true, "x")], true),
        new FormerReferences(new ImageReference(10, new(A, 11)), [new(11, 10, new(A, 12))]),
        19,
        5);

    private static TaskReferences Bare => new(2, null, [], null);
}
