using System.Net.Sockets;
using Akka.IO;

namespace Millrace.Connectors.Sockets;

/// <summary>Lets the system probe a silent connection, so that a dead server is noticed in the end.</summary>
internal sealed class KeepAliveOption : Inet.SocketOption
{
    /// <inheritdoc/>
    public override void AfterConnect(Socket socket) => socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
}
