using System.Runtime.InteropServices;

namespace Millrace.Runtime.Hosting;

/// <summary>Ctrl-C and SIGTERM: the first drains, a second one ends the process at once.</summary>
/// <remarks>In a service the first one is the generic host's, which stops and so drains; only the second is taken.</remarks>
internal sealed class StopSignals : IDisposable
{
    /// <summary>Of a process that was ended before its work was.</summary>
    public const int ExitCode = 130;

    private readonly Action? _stop;
    private readonly Action<int> _exit;
    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    /// <param name="stop">Begins to drain; returns at once. Null where somebody else does on the first signal.</param>
    /// <param name="exit">Ends the process with an exit code.</param>
    public StopSignals(Action? stop, Action<int>? exit = null)
    {
        _stop = stop;
        _exit = exit ?? Environment.Exit;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    internal void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _seen) > 1)
        {
            context.Cancel = true;
            _exit(ExitCode);
        }
        else if (_stop is not null)
        {
            context.Cancel = true;
            _stop();
        }
    }
}
