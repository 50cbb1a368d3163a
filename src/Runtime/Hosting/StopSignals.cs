using System.Runtime.InteropServices;

namespace Millrace.Runtime.Hosting;

/// <summary>Ctrl-C and SIGTERM: the first drains, a second one ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int ExitCodeBySignal = 130;

    private readonly Action _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    /// <param name="stop">Begins to drain; returns at once.</param>
    public StopSignals(Action stop)
    {
        _stop = stop;
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

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _seen) > 1)
            Environment.Exit(ExitCodeBySignal);
        _stop();
    }
}
