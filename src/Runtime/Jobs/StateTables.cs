using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Jobs;

/// <summary>Which tables the operators of a job keep.</summary>
/// <param name="ask">Asks whoever holds its tasks.</param>
internal sealed class StateTables(Func<StateQuery, CancellationToken, Task<StateAnswer>> ask)
{
    /// <summary>All of them, or those of one operator, or of one name, by operator and name.</summary>
    public async Task<IReadOnlyList<StateTableInfo>> ListAsync(string @operator, string table, CancellationToken cancellationToken)
    {
        var counts = new List<TableCount>();
        for (var place = TablePlace.Start; ; place = counts[^1].Place)
        {
            var page = (StateAnswer.Tables)await ask(new StateQuery.Tables(@operator, table, place), cancellationToken).ConfigureAwait(false);
            counts.AddRange(page.Counts);
            if (!page.HasMore)
                break;
        }

        return
        [
            .. counts.GroupBy(count => (count.Place.Operator, count.Place.Table)).Select(parts => new StateTableInfo(
                new OperatorId(parts.Key.Operator),
                parts.Key.Table,
                parts.First().KeyType,
                parts.First().ValueType,
                parts.First().IsLocal,
                [.. parts.Select(part => new StatePartition(new PartitionId(part.Place.Partition), part.Count, new Epoch(part.Epoch)))])),
        ];
    }

    public Task<StateAnswer> AskAsync(StateQuery query, CancellationToken cancellationToken) => ask(query, cancellationToken);
}
