namespace Millrace.Connectors.Receivers;

/// <summary>What happened to a receiver.</summary>
public enum ReceiverEventKind
{
    /// <summary>It was started, or a connection was made.</summary>
    Started,

    /// <summary>It reported an error, threw, or lost its connection.</summary>
    Error,

    /// <summary>It was stopped, for good or to be started again, or its connection is over.</summary>
    Stopped,
}
