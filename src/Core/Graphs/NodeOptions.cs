using Millrace.Operators;

namespace Millrace.Graphs;

/// <summary>What a front end says of a node beside its function.</summary>
public sealed record NodeOptions
{
    public static NodeOptions Default { get; } = new();

    /// <summary>A name given by the user, unique in the graph; it becomes the operator's id.</summary>
    public string? Name { get; init; }

    /// <summary>Partitions. <value>Default null: that of the first input, or the job's default for a source and behind an exchange, at most the job's key groups behind a hash.</value></summary>
    public int? Parallelism { get; init; }

    /// <summary>Whether it keeps state that must be found again after a restart.</summary>
    public bool IsStateful { get; init; }

    /// <summary>What happens to a record on which the operator fails. <value>Default null: the job's policy.</value></summary>
    public ErrorPolicy? OnError { get; init; }
}
