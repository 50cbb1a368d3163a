namespace Millrace.Runtime.Exchange;

/// <summary>A task that another process holds, as those of this process reach it. Thread-safe; no call waits.</summary>
internal interface IRemoteTask
{
    /// <summary>Sends an item; its batch is taken over.</summary>
    void Send(ChannelItem item);

    void Send(Credit credit);
}
