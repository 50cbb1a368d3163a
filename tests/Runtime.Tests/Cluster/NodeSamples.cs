using System.Collections.Immutable;
using Millrace.Client;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Checkpoints;
using static Millrace.Runtime.Cluster.NodeMessage;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>A message of each kind between nodes, with every field of its own value.</summary>
internal static class NodeSamples
{
    private static readonly NodeUid Node = new(0xC3);
    private static readonly ProcessUid Process = new(0xA1);

    private static readonly RequestUid Id = new(0xD5);
    private static readonly DeadLetter Failed = new("40.1.2@map", new("map(queue)"), new(40), "queue, split 1", "FormatException: a", "at B", null, "13", IsParked: false, IsWaiting: false);
    private static readonly DeadLetter Waits = new("41.1.0@sum", new("sum"), new(41), "epoch 41", "waits", "", "k", null, IsParked: true, IsWaiting: true);

    private static readonly ReadOnlyMemory<byte> Bytes = new byte[] { 1, 2, 250 };

    public static IReadOnlyList<(string Name, NodeMessage Message)> All { get; } =
    [
        ("hello", new Hello(Node, "10.0.0.7", 4054, new(12, ["count", "index"], [new(new(0xD5), null), new(new(0xD6), "FormatException: no é")]), [new("count é", "0123456789abcdef", Process, JobState.Recovering, 41, 7, true, "rescaled 2 times\nby default to 4\n"), new("other", "fedcba9876543210", ProcessUid.None, JobState.Starting, 0, 0, false, "")])),
        ("hello-empty", new Hello(Node, "", 0, new(-1, [], []), [])),
        ("for-coordinator", new ForCoordinator("count", new ControlMessages.SinkApplied(Process, new(3, 14)))),
        ("for-process", new ForProcess("count", Process, new ControlMessages.Beat(1, 2, 3, 4))),
        ("node-gone", new NodeGone(Node)),
        ("process-left", new ProcessLeft("count", Process)),
        ("stop-job", new StopJob("count", true)),
        ("request-list", new Request(Id, "", new JobRequest.List())),
        ("request-stop", new Request(Id, "count", new JobRequest.Stop(IsGraceful: true, WasRunning: false))),
        ("request-order", new Request(Id, "count", new JobRequest.Order("replay 00000000000000d5\n*"))),
        ("request-save", new Request(Id, "count", new JobRequest.Save("/tmp/a é", Stops: true, Since: 41, IsRepeated: false))),
        ("request-read-letters", new Request(Id, "count", new JobRequest.ReadLetters(41, new(40, "40.1.2@map")))),
        ("request-rescale", new Request(Id, "count", new JobRequest.Rescale("sums é", 7))),
        ("request-rescale-all", new Request(Id, "count", new JobRequest.Rescale(null, 7))),
        ("request-state-tables", new Request(Id, "count", new JobRequest.ReadState(41, new StateQuery.Tables("sum", "totals é", new("map", "states", 7))))),
        ("request-state-get", new Request(Id, "count", new JobRequest.ReadState(41, new StateQuery.Get("sum", "", StateForm.Text, "(a, 1)")))),
        ("request-state-get-encoded", new Request(Id, "count", new JobRequest.ReadState(41, new StateQuery.Get("sum", "totals", new(StateFormKind.Encoded, "Int32", "Int64"), Bytes)))),
        ("request-state-entries", new Request(Id, "count", new JobRequest.ReadState(41, new StateQuery.Entries("sum", "totals", new(StateFormKind.Encoded, "Int32", "Int64"), new(2, 6, 0xF000_0001), 1000)))),
        ("request-submit", new Request(Id, "count", new JobRequest.Submit("word-count", ["a é", ""]))),
        ("request-withdraw", new Request(Id, "count", new JobRequest.Withdraw(new(0xD6), new(IsGraceful: true, "Why.")))),
        ("booked", new Booked(RowSamples.Book)),
        ("carried", new Carried(Id, "count", new JobRequest.Save("/tmp/a", Stops: false, Since: 41, IsRepeated: true))),
        ("answer-under-way", new Answer(Id, new JobAnswer.UnderWay(IsStopping: true))),
        ("answer-done", new Answer(Id, new JobAnswer.Done(42))),
        ("answer-refused", new Answer(Id, new JobAnswer.Refused(RefusalKind.Damage, "Why."))),
        ("answer-jobs", new Answer(Id, new JobAnswer.Jobs(
        [
            new("count", "0123456789abcdef", JobState.Running, "10.0.0.7:4053", ImmutableArray.Create("10.0.0.7:4053", "10.0.0.8:4053"), new(41)),
            new("other", "fedcba9876543210", JobState.Starting, null, ImmutableArray<string>.Empty, default),
        ]))),
        ("answer-letters-held", new Answer(Id, new JobAnswer.LettersHeld(Process, 3, 4, 6, new([Failed, Waits], HasMore: true)))),
        ("answer-state-held", new Answer(Id, new JobAnswer.StateHeld(Process, 3, 4, 6, new StateAnswer.Tables([new(new("sum", "totals", 2), "Int32", "Int64", true, 97, 41), new(new("sum", "totals", 3), "Int32", "Int64", false, 98, 42)], HasMore: true)))),
        ("answer-state-held-none", new Answer(Id, new JobAnswer.StateHeld(Process, 3, 0, 6, null))),
        ("answer-state-texts", new Answer(Id, new JobAnswer.State(new StateAnswer.Entries(41, new StateRows.Texts([("a é", "1"), ("", "null")]), new(2, 6, 0xF000_0001))))),
        ("answer-state-encoded", new Answer(Id, new JobAnswer.State(new StateAnswer.Entries(41, new StateRows.Encoded(Bytes), null)))),
        ("answer-letters", new Answer(Id, new JobAnswer.Letters(new([], HasMore: false)))),
    ];
}
