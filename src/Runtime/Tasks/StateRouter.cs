using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>Which tasks are to be asked of state: the owner of a key where its table lies by key group, else all of the operator.</summary>
internal sealed class StateRouter(TaskTopology topology, TableReaders readers)
{
    private const int NamesMax = 1000;

    /// <returns>Why none can answer; null: see <paramref name="tasks"/>.</returns>
    public string? Find(StateQuery query, out IEnumerable<int> tasks)
    {
        tasks = Enumerable.Range(0, topology.Count);
        if (query is StateQuery.Tables { Operator: "" })
            return null;
        if (topology.Graph.Stages.FirstOrDefault(stage => stage.Nodes.Any(node => node is OperatorNode && topology.Graph.IdOf(node).Name == query.Operator)) is not { } stage)
            return $"Operator {UserText.OfValue(query.Operator, 100)}: one of the job ({Names()}) expected, none of that name found; correct it.";
        tasks = tasks.Where(task => topology.StageOf(task) == stage);
        if (query is StateQuery.Get get)
            return FindOwner(get, stage, ref tasks);
        if (query is not StateQuery.Entries { Place: { Partition: var partition, Partitions: var partitions } })
            return null;
        tasks = tasks.Where(task => topology.PartitionOf(task) == partition);
        return partitions == 0 || partitions == stage.Parallelism
            ? null
            : $"Operator {query.Operator}: a page of {stage.Parallelism} partitions expected, one of {partitions} found; begin again, the parallelism has changed.";
    }

    private string? FindOwner(StateQuery.Get query, JobStage stage, ref IEnumerable<int> tasks)
    {
        // Why not before somebody has asked: only an open task knows the types of its tables.
        if (readers.Find(query.Operator, query.Table) is not { IsLocal: false } reader || !stage.Inputs.Any(edge => IsPlacedBy(edge, reader.OwnerType)))
            return null;
        try
        {
            var group = new KeyGroup(KeyType.KeyGroupOf(reader.HashOf(query), topology.Graph.KeyGroups));
            var owner = group.OwnerOf(topology.Graph.KeyGroups, stage.Parallelism).Number;
            tasks = tasks.Where(task => topology.PartitionOf(task) == owner);
            return null;
        }
        catch (ConfigurationException cause)
        {
            return cause.Message;
        }
    }

    private static bool IsPlacedBy(JobEdge edge, Type key) => edge.Edge.Exchange == ExchangeKind.Hash && edge.Edge.Accept(KeyTypeFinder.Instance) == key;

    private string Names()
    {
        var names = string.Join(", ", topology.Graph.Stages.SelectMany(stage => stage.Nodes).OfType<OperatorNode>().Select(node => topology.Graph.IdOf(node).Name).Order(StringComparer.Ordinal));
        return names.Length == 0 ? "none" : UserText.OfValue(names, NamesMax);
    }

    private sealed class KeyTypeFinder : IEdgeVisitor<Type?>
    {
        public static readonly KeyTypeFinder Instance = new();

        public Type? Visit<T>(StreamEdge<T> edge) => edge.KeyGroups?.Accept(new Row<T>());

        private sealed class Row<T> : IRowKeyVisitor<T, Type>
        {
            public Type Visit<TKey>(Func<T, TKey> keyOf) => typeof(TKey);
        }
    }
}
