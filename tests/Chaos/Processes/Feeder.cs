using System.Globalization;

namespace Millrace.Chaos.Processes;

/// <summary>The process that appends records to the logs, which nobody kills.</summary>
internal sealed class Feeder : IDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildProcess _process;

    public Feeder(ChaosFiles files, int seed, int recordsPerSecond) => _process = ChildProcess.Start(
        OnLine, "feed", files.Root, seed.ToString(CultureInfo.InvariantCulture), recordsPerSecond.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends when the logs are there.</summary>
    public Task Ready => WaitAsync();

    /// <summary>How long it has fed; known at its end.</summary>
    public TimeSpan Fed { get; private set; }

    /// <summary>Lets it say that no more records follow.</summary>
    public Task FinishAsync() => _process.FinishAsync();

    public void Dispose() => _process.Dispose();

    private async Task WaitAsync()
    {
        if (await Task.WhenAny(_ready.Task, _process.Ended).ConfigureAwait(false) != _ready.Task)
            throw new ChaosException($"The feeder ended, logs expected: {_process.Errors}");
    }

    private void OnLine(string line)
    {
        if (line == "ready")
            _ready.TrySetResult();
        else if (line.Split(' ') is ["fed", var milliseconds])
            Fed = TimeSpan.FromMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
    }
}
