namespace Millrace.Bench.Macro.Engines;

/// <summary>The product, by its public API. Not offered on the command line until it has programs.</summary>
/// <remarks>
/// One file per workload (<c>MillraceEngine.Grep.cs</c> and so on) with methods <c>Input&lt;T&gt; → Task&lt;ulong&gt;</c> between program
/// marks; W2 wants the variants <c>split</c> and <c>span</c>. <see cref="StartAsync"/> starts the host, outside the clock.
/// </remarks>
internal sealed class MillraceEngine : IEngine
{
    public string Name => "millrace";

    public IReadOnlyList<EngineProgram> Programs { get; } = [];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
