using System.Collections.Concurrent;
using Millrace.Data;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Adds each value to its key's total, passes the row on at once, and gives out every total at the end of the epoch under <c>~key</c>.</summary>
internal sealed class RunningSumOperator(Action<long> onRow, ConcurrentBag<int> undoEntries) : Operator, IInput<(int Key, long Value)>
{
    private ValueTable<int, long> _totals = null!;
    private Output<(int Key, long Value)> _output = null!;

    public void OnBatch(Batch<(int Key, long Value)> batch)
    {
        foreach (var row in batch.Rows)
        {
            ref var total = ref _totals.GetOrAdd(row.Key, out _);
            total += row.Value;
            _output.Add(row);
            onRow(row.Value);
        }

        batch.Release();
        _output.Flush();
    }

    public override void OnEpoch(EpochInfo epoch)
    {
        foreach (var (key, total) in _totals)
            _output.Add((~key, total));
        _output.Flush();
    }

    public override void Close() => undoEntries.Add(((KeyedState)Context.State).Tables.Sum(table => table.UndoEntryCount));

    protected override void OnOpen()
    {
        _totals = Context.State.Value<int, long>("totals");
        _output = Context.Output<(int, long)>();
    }
}
