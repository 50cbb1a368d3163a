namespace Millrace.Connectors;

/// <summary>Where records go. Immutable description; the work is done by the writers that it opens.</summary>
public interface ISink<T>
{
    /// <summary>What a person calls it, as <c>print</c>.</summary>
    string Description { get; }

    SinkCapability Capability { get; }

    /// <summary>Whether its writers hand what they get to one another, so that all of them have to be in one process. <value>Default false.</value></summary>
    bool IsTogether => false;

    /// <summary>Opens the writer of one partition. Called on the task's thread.</summary>
    ISinkWriter<T> Open(SinkContext context);
}
