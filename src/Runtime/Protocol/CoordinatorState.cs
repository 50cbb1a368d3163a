namespace Millrace.Runtime.Protocol;

/// <summary>States of <see cref="CoordinatorProtocol"/>, in order.</summary>
internal enum CoordinatorState
{
    Standby,
    Opening,
    Running,
    Draining,
    Stopped,
    Fenced,
}
