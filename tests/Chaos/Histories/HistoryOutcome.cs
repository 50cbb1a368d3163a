namespace Millrace.Chaos.Histories;

/// <summary>How an operation of a client ended.</summary>
public enum HistoryOutcome
{
    /// <summary>It began; its end, if there is one, is another entry.</summary>
    Invoke,

    /// <summary>It happened.</summary>
    Ok,

    /// <summary>It did not happen.</summary>
    Fail,

    /// <summary>Nobody knows: it happened, did not, or may still.</summary>
    Info,
}
