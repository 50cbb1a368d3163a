namespace Millrace.Bench.Macro.Engines;

/// <summary>The engines in the order of the tables. One without programs is not offered.</summary>
internal static class EngineCatalog
{
    /// <summary>The engine that all ratios refer to.</summary>
    public const string Reference = "handwritten";

    /// <summary>The product with its journal in memory.</summary>
    public const string InMemory = "millrace";

    /// <summary>The product with every epoch durable, beside the same without; asked for by <c>--journal sqlite</c>.</summary>
    public const string Durable = "millrace-sqlite";

    /// <summary>The engines that are compared; the product as nodes of a cluster is measured against itself: <see cref="ClusterEngine"/>.</summary>
    public static IReadOnlyList<IEngine> Available { get; } =
    [
        .. new IEngine[]
        {
            new HandwrittenEngine(),
            new TwoThreadsEngine(),
            new MillraceEngine(new EmbeddedHosting(isDurable: false)),
            new MillraceEngine(new EmbeddedHosting(isDurable: true)),
            new RxEngine(),
            new AkkaStreamsEngine(),
            new ActorsEngine(),
            new DataflowEngine(),
        }.Where(engine => engine.Programs.Count > 0),
    ];

    /// <summary>The engine of a name that is one of <see cref="Available"/>'s or a <see cref="ClusterEngine"/>'s.</summary>
    public static IEngine Find(string name) =>
        Available.FirstOrDefault(engine => engine.Name == name) ?? new ClusterEngine(NodeHosting.NodesOf(name));
}
