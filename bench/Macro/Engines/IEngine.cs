using Millrace.Bench.Macro.Processes;

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

    /// <summary>What the last run has used in processes beside this one. <value>Default: there is none.</value></summary>
    ProcessUse UseElsewhere => ProcessUse.None;

    /// <summary>Records of the last run that went from one process to another, where its program counts them. <value>Default 0.</value></summary>
    long Crossed => 0;
}
