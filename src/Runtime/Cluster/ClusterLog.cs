using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Cluster;

/// <summary>What a node writes to the log.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "A connection with {From} was not taken: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string from, string reason);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "Node {Node} at {Address} is there")]
    public static partial void NodeFound(ILogger logger, string node, string address);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "Node {Node} at {Address} is gone: {Reason}")]
    public static partial void NodeGone(ILogger logger, string node, string address, string reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "The connection with node {Node} at {Address} broke ({Reason}); the node lives, what was on its way runs again")]
    public static partial void LinkBroke(ILogger logger, string node, string address, string reason);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Information, Message = "Node {Node} at {Address} has left")]
    public static partial void NodeLeft(ILogger logger, string node, string address);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Information, Message = "Job {Job}: this node takes over the coordination of node {Node}, which is gone")]
    public static partial void TakesOver(ILogger logger, string job, string node);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Warning, Message = "millrace.cluster.tls: {File} holds the node's private key and can be read by anybody on this machine; take that right away (chmod 600)")]
    public static partial void KeyIsOpen(ILogger logger, string file);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "No rows have come from node {Address} for {SilenceMs} ms, though it is in the cluster: the coordinator is told; see what drops packets between the two")]
    public static partial void NoRows(ILogger logger, string address, long silenceMs);

    [LoggerMessage(EventId = 4010, Level = LogLevel.Warning, Message = "Job {Job}: no node with the role {Role} runs it (millrace.cluster.roles); it waits for one")]
    public static partial void RoleIsMissing(ILogger logger, string job, string role);

    [LoggerMessage(EventId = 4011, Level = LogLevel.Information, Message = "Job {Job}: a node with the role {Role} runs it now, and it goes on")]
    public static partial void RoleIsThere(ILogger logger, string job, string role);

    [LoggerMessage(EventId = 4009, Level = LogLevel.Information, Message = "Node {Address} is reached again")]
    public static partial void RowsAgain(ILogger logger, string address);
}
