using System.Collections.Immutable;

namespace Millrace.Chaos.Histories;

/// <summary>What became of what was put into a queue. Values stand as often as they count.</summary>
public sealed record TotalQueueVerdict
{
    /// <summary>Enqueues that began.</summary>
    public required int Attempts { get; init; }

    /// <summary>Enqueues that happened.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Came out, and had been put in.</summary>
    public required ImmutableArray<string> Ok { get; init; }

    /// <summary>Acknowledged, and never came out.</summary>
    public required ImmutableArray<string> Lost { get; init; }

    /// <summary>Came out, and nobody had put it in.</summary>
    public required ImmutableArray<string> Unexpected { get; init; }

    /// <summary>Came out more often than it was put in.</summary>
    public required ImmutableArray<string> Duplicated { get; init; }

    /// <summary>Came out though its enqueue was never acknowledged; no fault.</summary>
    public required ImmutableArray<string> Recovered { get; init; }

    /// <summary>Whether the queue kept its word: nothing lost, nothing doubled, nothing made up.</summary>
    public bool IsValid => Lost.IsEmpty && Unexpected.IsEmpty && Duplicated.IsEmpty;
}
