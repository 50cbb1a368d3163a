using System.Net;
using System.Net.Sockets;

namespace Millrace.Chaos.Cluster;

/// <summary>Ports of this machine that nobody uses.</summary>
internal static class FreePorts
{
    // Why all at once: a port that is given back may be the next one's too.
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
