namespace Millrace.Connectors;

/// <summary>How a sink's commit ended.</summary>
public enum SinkOutcome
{
    /// <summary>The rows are visible, once.</summary>
    Applied,

    /// <summary>The outside holds another epoch than the previous one; nothing was written.</summary>
    Conflict,

    /// <summary>No answer: the outside is asked again before anything else.</summary>
    Unknown,
}
