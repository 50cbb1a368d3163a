namespace Millrace.Bench.Macro.Engines;

/// <summary>Embedded in one process: journal in memory, or each epoch durable in a SQLite file.</summary>
/// <param name="isDurable">Whether every run keeps checkpoints, in a directory of its own.</param>
internal sealed class EmbeddedHosting(bool isDurable) : MillraceHosting
{
    private string? _directory;

    /// <inheritdoc/>
    public override string Name => isDurable ? EngineCatalog.Durable : EngineCatalog.InMemory;

    /// <inheritdoc/>
    public override Task<MillraceHost> StartAsync() => MillraceHost.StartEmbeddedAsync(options => options.StopsOnSignal = false);

    /// <inheritdoc/>
    public override string? BeginRun() => _directory = isDurable ? NewDirectory() : null;

    /// <inheritdoc/>
    public override void EndRun()
    {
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }
}
