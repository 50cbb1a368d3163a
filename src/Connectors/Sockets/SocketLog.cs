using System.Net;
using Microsoft.Extensions.Logging;

namespace Millrace.Connectors.Sockets;

/// <summary>What socket sources write to the log: one line each time the connection comes or goes.</summary>
internal static partial class SocketLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Source {Source} is connected to {Address}")]
    public static partial void Connected(ILogger logger, string source, IPEndPoint address);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Source {Source} has no connection ({Reason}); start its server or correct host and port; it goes on trying, every {DelayMaxSeconds} s in the end")]
    public static partial void Disconnected(ILogger logger, string source, string reason, double delayMaxSeconds);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "{Reason}")]
    public static partial void Failed(ILogger logger, string reason);
}
