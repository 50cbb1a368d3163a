using Millrace.TestInputs;

namespace Millrace.Testing.Tests.Models;

/// <summary>Where an operation by key has its keys: on so many partitions, or on those of the job; placed by a user's partitioner, or by hash.</summary>
internal sealed record Placing(int? Partitions, bool IsByUser)
{
    public ByRest? By => IsByUser ? new(Partitions!.Value) : null;

    public override string ToString() => Partitions is null ? "as the job" : IsByUser ? $"by rest of {Partitions}" : $"on {Partitions}";
}
