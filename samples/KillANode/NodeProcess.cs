using System.Diagnostics;

namespace Millrace.KillANode;

/// <summary>A process of this program that is a node; its lines go to the story.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    public NodeProcess(int number, Story story, string[] arguments)
    {
        Number = number;
        // Started as `dotnet KillANode.dll` too.
        var own = Environment.ProcessPath!;
        string[] before = Path.GetFileNameWithoutExtension(own) == "dotnet" ? [typeof(NodeProcess).Assembly.Location] : [];
        _process = Process.Start(new ProcessStartInfo(own, [.. before, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        _reading = ReadAsync(story);
    }

    public int Number { get; }

    public int ProcessId => _process.Id;

    /// <summary>SIGKILL: it gets no chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <exception cref="IOException">It is gone, and nobody has killed it.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
            throw new IOException($"node {Number} ended by itself with exit code {_process.ExitCode}");
    }

    /// <summary>Waits until it has come to the end of the numbers.</summary>
    public async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        if (_process.ExitCode != 0)
            ThrowIfEnded();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync(Story story)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            story.Take(Number, line);
    }
}
