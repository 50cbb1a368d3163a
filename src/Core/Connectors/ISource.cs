
namespace Millrace.Connectors;

/// <summary>Where records come from. Immutable description; the work is done by the readers that it opens.</summary>
public interface ISource<T>
{
    /// <summary>What a person calls it, as <c>socket localhost:9999</c>.</summary>
    string Description { get; }

    /// <summary>Whether a range can be read again after the process that read it is gone.</summary>
    bool IsReplayable { get; }

    /// <summary>The number of splits where the source fixes it; null where any number will do.</summary>
    int? Splits { get; }

    /// <summary>Whether readers keep files of their own, so that the job must have a checkpoint directory. <value>Default false.</value></summary>
    bool NeedsStorage => false;

    /// <summary>Opens the reader of one split. Called on the task's thread; must not block.</summary>
    ISplitReader<T> Open(SplitContext context);
}
