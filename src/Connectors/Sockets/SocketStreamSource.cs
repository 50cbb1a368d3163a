using Millrace.Connectors.Receivers;
using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>Records that a function of the user's makes of the bytes of a TCP server, as Spark's <c>socketStream</c>.</summary>
/// <remarks>A receiver: when the server closes, refuses or can't be found, or the function throws, it is started again after
/// <see cref="ReceiverOptions.RestartDelay"/>, with a warning and for ever. What the server sent meanwhile was never received.
/// <see cref="SocketTextSource"/> reads lines, <see cref="RawSocketSource{T}"/> encoded rows, both without a thread of their own.</remarks>
public static class SocketStreamSource
{
    /// <summary>Makes the source.</summary>
    /// <param name="host">Name or address of the server.</param>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="converter">Called once a connection, on a thread of its own, with its bytes; the sequence it returns is read as records are stored, and ends with the
    /// bytes. It may block in reading; reading throws when the job stops.</param>
    /// <param name="options">How to run the receiver; null for the defaults.</param>
    /// <param name="timeProvider">The clock of blocks, rates and waits between two starts; null for the system's.</param>
    /// <exception cref="GraphException">The host is empty, the port or an option out of its range.</exception>
    public static ReceiverSource<T> Of<T>(
        string host, int port, Func<Stream, IEnumerable<T>> converter, ReceiverOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(converter);
        SocketServer.CheckAddress("socket", host, port);
        return new(() => new SocketStreamReceiver<T>(host, port, converter), options, $"socket {host}:{port}", timeProvider);
    }
}
