namespace Millrace.Bench.Macro.Engines;

/// <summary>The product, by its public API. Not offered on the command line until it has programs.</summary>
internal sealed class MillraceEngine : IEngine
{
    public string Name => "millrace";

    public IReadOnlyList<EngineProgram> Programs { get; } = [];

    public Task StartAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
