using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Cluster;

/// <summary>Writes that a connection was not taken: of each machine and reason once a minute, since whoever is refused tries again. Thread-safe.</summary>
internal sealed class RefusalLog(ILogger logger)
{
    private const long PauseMs = 60_000;
    private const int KnownMax = 1024;
    private const string AnyReason = "";

    private readonly ConcurrentDictionary<(string Machine, string Reason), long> _written = [];

    /// <param name="from">An address, with or without a port, which differs with each try.</param>
    /// <param name="reason">Why, for a person.</param>
    public void Write(string from, string reason)
    {
        var (machine, nowMs) = (MachineOf(from), Environment.TickCount64);
        if (_written.Count >= KnownMax)
            _written.Clear();
        _written[(machine, AnyReason)] = nowMs;
        if (IsFresh(machine, reason, nowMs))
            return;
        _written[(machine, reason)] = nowMs;
        ClusterLog.ConnectionRefused(logger, from, reason);
    }

    /// <summary>Writes it unless something was written of that machine before, which says more.</summary>
    public void WriteVague(string from, string reason)
    {
        if (!IsFresh(MachineOf(from), AnyReason, Environment.TickCount64))
            Write(from, reason);
    }

    private bool IsFresh(string machine, string reason, long nowMs) => _written.TryGetValue((machine, reason), out var beforeMs) && nowMs - beforeMs < PauseMs;

    private static string MachineOf(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;
}
