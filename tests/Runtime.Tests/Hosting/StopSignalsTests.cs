using System.Runtime.InteropServices;
using Millrace.Runtime.Hosting;

namespace Millrace.Runtime.Tests.Hosting;

public sealed class StopSignalsTests
{
    private readonly List<string> _calls = [];

    [Fact]
    public void Embedded_the_first_signal_drains_and_the_second_ends_the_process()
    {
        using var signals = new StopSignals(() => _calls.Add("drain"), code => _calls.Add($"exit {code}"));

        Assert.True(IsTaken(signals, PosixSignal.SIGINT));
        Assert.True(IsTaken(signals, PosixSignal.SIGTERM));

        Assert.Equal(["drain", "exit 130"], _calls);
    }

    [Fact]
    public void In_a_service_the_first_signal_stays_the_hosts_and_the_second_ends_the_process()
    {
        using var signals = new StopSignals(stop: null, code => _calls.Add($"exit {code}"));

        Assert.False(IsTaken(signals, PosixSignal.SIGINT));
        Assert.Empty(_calls);
        Assert.True(IsTaken(signals, PosixSignal.SIGINT));

        Assert.Equal(["exit 130"], _calls);
    }

    [Fact]
    public void A_service_listens_for_the_second_signal()
    {
        var options = new MillraceBuilder().Options;

        Assert.True(options.EndsOnSecondSignal);
        Assert.False(options.StopsOnSignal);
    }

    private static bool IsTaken(StopSignals signals, PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        signals.OnSignal(context);
        return context.Cancel;
    }
}
