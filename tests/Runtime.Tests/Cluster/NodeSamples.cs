using Millrace.Runtime.Cluster;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Cluster.NodeMessage;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>A message of each kind between nodes, with every field of its own value.</summary>
internal static class NodeSamples
{
    private static readonly NodeUid Node = new(0xC3);
    private static readonly ProcessUid Process = new(0xA1);

    public static IReadOnlyList<(string Name, NodeMessage Message)> All { get; } =
    [
        ("hello", new Hello(Node, "10.0.0.7", 4054, [new("count é", "0123456789abcdef", Process, true), new("other", "fedcba9876543210", ProcessUid.None, false)])),
        ("hello-empty", new Hello(Node, "", 0, [])),
        ("for-coordinator", new ForCoordinator("count", new ControlMessages.SinkApplied(Process, new(3, 14)))),
        ("for-process", new ForProcess("count", Process, new ControlMessages.Beat(1, 2, 3, 4))),
        ("node-gone", new NodeGone(Node)),
        ("process-left", new ProcessLeft("count", Process)),
        ("stop-job", new StopJob("count", true)),
    ];
}
