using Millrace.Data;

namespace Millrace.Client;

/// <summary>A table that an operator of a running job keeps.</summary>
/// <param name="Operator">Whose.</param>
/// <param name="Name">Its name there.</param>
/// <param name="KeyType">The type of its keys, as <c>(Int32, String)</c> is <c>ValueTuple&lt;Int32, String&gt;</c>.</param>
/// <param name="ValueType">The type of its values.</param>
/// <param name="IsLocal">Whether its keys are not those by which records come: it belongs to the partitions, of which several may have a key.</param>
/// <param name="Partitions">Its parts.</param>
public sealed record StateTableInfo(OperatorId Operator, string Name, string KeyType, string ValueType, bool IsLocal, IReadOnlyList<StatePartition> Partitions)
{
    /// <summary>Its entries over all partitions, whose counts may be of different epochs.</summary>
    public long Count => Partitions.Sum(partition => partition.Count);
}
