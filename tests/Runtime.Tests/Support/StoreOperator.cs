using Millrace.Data;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Keeps of each key what a function makes of its last value, or forgets it, and passes the row on at once.</summary>
internal sealed class StoreOperator(Func<long, long?> onValue) : Operator, IInput<(int Key, long Value)>
{
    private ValueTable<int, long> _store = null!;
    private ListTable<int, long> _history = null!;
    private Output<(int Key, long Value)> _output = null!;

    public void OnBatch(Batch<(int Key, long Value)> batch)
    {
        foreach (var row in batch.Rows)
        {
            _history.Append(row.Key, row.Value);
            if (onValue(row.Value) is { } value)
                _store.Put(row.Key, value);
            else
                _store.Remove(row.Key);
            _output.Add(row);
        }

        batch.Release();
        _output.Flush();
    }

    protected override void OnOpen()
    {
        _store = Context.State.Value<int, long>("store");
        _history = Context.State.List<int, long>("history");
        _output = Context.Output<(int, long)>();
    }
}
