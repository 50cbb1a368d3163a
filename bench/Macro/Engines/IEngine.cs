namespace Millrace.Bench.Macro.Engines;

/// <summary>
/// One peer of the comparison. Lives in a child process of its own: <see cref="StartAsync"/> once outside the clock, then
/// one of its <see cref="Programs"/> again and again, then <see cref="IAsyncDisposable.DisposeAsync"/>.
/// </summary>
internal interface IEngine : IAsyncDisposable
{
    /// <value>Name on the command line and in the tables.</value>
    string Name { get; }

    /// <value>What the engine can run; the first program of a workload is the one that represents it.</value>
    IReadOnlyList<EngineProgram> Programs { get; }

    /// <summary>Starts what outlives a run (an actor system, a host).</summary>
    Task StartAsync();
}
