using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Millrace.Chaos.Processes;

/// <summary>A process of the victim's program, and the lines that it writes. Disposing of it kills it.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int ErrorLinesMax = 40;

    // 128 and the number of SIGKILL.
    private const int KilledExitCode = 137;

    /// <summary>Freezes a process, on Linux.</summary>
    public const int SigStop = 19;

    /// <summary>Thaws it.</summary>
    public const int SigCont = 18;

    private readonly Process _process;
    private readonly Queue<string> _errors = [];
    private readonly Task _reading;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, onLine), ReadAsync(process.StandardError, KeepError));
    }

    /// <summary>When it was started, by <see cref="TimeProvider.GetTimestamp"/> of the system's clock.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Ends when the process has ended and all its lines are read.</summary>
    public Task Ended => _reading;

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>The last lines of its standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <param name="onLine">Called with every line of its output, in order, on one thread at a time.</param>
    /// <param name="arguments">Of the victim's program.</param>
    public static ChildProcess Start(Action<string> onLine, params IReadOnlyList<string> arguments) => Start(null, onLine, arguments);

    /// <param name="program">A victim's program; null: the one that was built along with this.</param>
    /// <param name="onLine">As in the other form.</param>
    /// <param name="arguments">Of the victim's program.</param>
    public static ChildProcess Start(string? program, Action<string> onLine, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program ?? Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var startedAt = TimeProvider.System.GetTimestamp();
        return new ChildProcess(Process.Start(start)!, onLine) { StartedAt = startedAt };
    }

    /// <summary>Sends SIGKILL and waits until the process is gone and what it had written is read.</summary>
    /// <exception cref="ChaosException">It had ended by itself.</exception>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        if (_process.ExitCode != KilledExitCode)
            throw new ChaosException($"The victim's program ended by itself with {_process.ExitCode} before it was killed: {Errors}");
    }

    /// <summary>Sends a signal.</summary>
    /// <exception cref="ChaosException">It is gone.</exception>
    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new ChaosException($"The victim's program expected to run, it has ended: {Errors}");
    }

    /// <summary>Closes its standard input, which tells it to come to an end, and waits for that.</summary>
    public async Task FinishAsync()
    {
        _process.StandardInput.Close();
        await WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        if (_process.ExitCode != 0)
            throw new ChaosException($"The victim's program ended with {_process.ExitCode}, 0 expected: {Errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    // Built along with this program, which has no reference to it.
    private static string Program { get; } = typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "VictimProgram").Value!;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            onLine(line);
    }

    private void KeepError(string line)
    {
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > ErrorLinesMax)
                _errors.Dequeue();
        }
    }
}
