using Millrace.Data;
using Millrace.State;

namespace Millrace.Operators.Keyed;

/// <summary>A state per key, brought forward at the end of every epoch by a function of the epoch's values and the old state.</summary>
/// <remarks>The function is called for every key that has a state or values; none forgets the key. After Spark's <c>updateStateByKey</c>.</remarks>
public sealed class UpdateStateByKeyOperator<TKey, TValue, TState>(Func<IReadOnlyList<TValue>, Option<TState>, Option<TState>> update)
    : Operator, IInput<(TKey Key, TValue Value)>
{
    private ScratchList<(TKey Key, TValue Value)> _received = null!;
    private ValueTable<TKey, TState> _states = null!;
    private Output<(TKey Key, TState State)> _output = null!;
    private readonly Dictionary<Grouped, List<TValue>> _groups = [];

    /// <inheritdoc/>
    public void OnBatch(Batch<(TKey Key, TValue Value)> batch)
    {
        _received.AddRange(batch.Rows);
        batch.Release();
    }

    /// <inheritdoc/>
    public override void OnEpoch(EpochInfo epoch)
    {
        foreach (var (key, value) in _received.Rows)
            GroupOf(key).Add(value);
        _received.Clear();
        var entries = _states.GetEnumerator();
        while (entries.MoveNext())
        {
            var (key, state) = entries.Current;
            var next = Update(key, _groups.Remove(new(key), out var values) ? values : [], state);
            if (!next.HasValue)
                entries.Remove();
            else
            {
                entries.Set(next.Value);
                _output.Add((key, next.Value));
            }
        }

        foreach (var (key, values) in _groups)
        {
            var next = Update(key.Value, values, Option<TState>.None);
            if (next.HasValue)
            {
                _states.Put(key.Value, next.Value);
                _output.Add((key.Value, next.Value));
            }
        }

        OnRollBack();
        _output.Flush();
    }

    /// <inheritdoc/>
    public override void OnRollBack() => _groups.Clear();

    /// <inheritdoc/>
    protected override void OnOpen()
    {
        _received = Context.State.Scratch<(TKey, TValue)>("received");
        _states = Context.State.Value<TKey, TState>("states");
        _output = Context.Output<(TKey, TState)>();
    }

    private List<TValue> GroupOf(TKey key)
    {
        if (!_groups.TryGetValue(new(key), out var values))
            _groups[new(key)] = values = [];
        return values;
    }

    private Option<TState> Update(TKey key, IReadOnlyList<TValue> values, Option<TState> state)
    {
        try
        {
            return update(values, state);
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw new UserFunctionException($"Operator {Context.Operator} threw {cause.GetType().Name} for key {key}: {cause.Message.ReplaceLineEndings(" ")}", cause) { Operator = Context.Operator };
        }
    }

    // A key under the equality of keys, which need not be that of its type.
    private readonly struct Grouped(TKey key) : IEquatable<Grouped>
    {
        private static readonly KeyType<TKey> Keys = KeyType.Of<TKey>();

        public TKey Value => key;

        public bool Equals(Grouped other) => Keys.AreEqual(key, other.Value);

        public override bool Equals(object? obj) => obj is Grouped other && Equals(other);

        public override int GetHashCode() => (int)Keys.Hash(key);
    }
}
