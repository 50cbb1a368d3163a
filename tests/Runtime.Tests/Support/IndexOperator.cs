using Millrace.Data;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Numbers the rows of each key from 1, in the order in which they come.</summary>
internal sealed class IndexOperator(Action<int> onRows) : Operator, IInput<(int Key, long Value)>
{
    private ValueTable<int, long> _counts = null!;
    private Output<(int Key, long Value, long Index)> _output = null!;

    public void OnBatch(Batch<(int Key, long Value)> batch)
    {
        foreach (var (key, value) in batch.Rows)
        {
            ref var count = ref _counts.GetOrAdd(key, out _);
            _output.Add((key, value, ++count));
        }

        onRows(batch.Count);
        batch.Release();
        _output.Flush();
    }

    protected override void OnOpen()
    {
        _counts = Context.State.Value<int, long>("counts");
        _output = Context.Output<(int, long, long)>();
    }
}
