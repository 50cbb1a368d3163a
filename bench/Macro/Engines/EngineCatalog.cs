namespace Millrace.Bench.Macro.Engines;

/// <summary>The engines in the order of the tables. One without programs is not offered.</summary>
internal static class EngineCatalog
{
    /// <summary>The engine that all ratios refer to.</summary>
    public const string Reference = "handwritten";

    public static IReadOnlyList<IEngine> Available { get; } =
    [
        .. new IEngine[]
        {
            new HandwrittenEngine(),
            new TwoThreadsEngine(),
            new MillraceEngine(),
            new RxEngine(),
            new AkkaStreamsEngine(),
            new ActorsEngine(),
            new DataflowEngine(),
        }.Where(engine => engine.Programs.Count > 0),
    ];
}
