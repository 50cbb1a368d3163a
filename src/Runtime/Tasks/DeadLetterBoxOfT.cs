using System.Buffers;
using System.Globalization;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.State;
using Millrace.State;

namespace Millrace.Runtime.Tasks;

/// <inheritdoc/>
/// <remarks>Letters stand under the key by which their rows came, so that whoever owns the key has them; parked ones in a table of their own: a key that is in it waits.</remarks>
internal sealed class DeadLetterBox<TKey, T> : DeadLetterBox
{
    private const int DetailsLengthMax = 4000;

    private readonly ListTable<TKey, StoredLetter<T>> _letters;
    private readonly ListTable<TKey, StoredLetter<T>> _parked;
    private readonly Func<T, TKey> _keyOf;
    private readonly bool _isKeyed;
    private readonly string _input;
    private readonly int _partition;
    private readonly int _max;
    private readonly TaskChain _chain;
    private long _added;
    private long _numberedRun;
    private int _number;

    /// <param name="state">The tables of the operator behind the input.</param>
    /// <param name="chain">The chain that the input belongs to.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="isKeyed">Whether that is a key of the user's.</param>
    /// <param name="input">Names the input in the job.</param>
    /// <param name="port">Tells the inputs of the operator apart.</param>
    /// <param name="partition">The task's partition.</param>
    /// <param name="max">Most letters that it may hold.</param>
    public DeadLetterBox(IKeyedState state, TaskChain chain, Func<T, TKey> keyOf, bool isKeyed, string input, string port, int partition, int max)
    {
        var name = TaskState.DeadLetterTables + port;
        _letters = state.List<TKey, StoredLetter<T>>(name);
        _parked = state.List<TKey, StoredLetter<T>>($"{name}.parked");
        (_chain, _keyOf, _isKeyed, _input, _partition, _max) = (chain, keyOf, isKeyed, input, partition, max);
    }

    /// <inheritdoc/>
    public override bool HasParked => _parked.Count > 0;

    /// <inheritdoc/>
    public override long TakeAdded()
    {
        var added = _added;
        _added = 0;
        return added;
    }

    /// <inheritdoc/>
    public override void Add(Batch batch, int row, UserFunctionException cause, string place, bool parks)
    {
        var details = UserText.Details(cause.InnerException ?? cause);
        Append(
            parks && _isKeyed ? _parked : _letters,
            Letter((Batch<T>)batch, row, cause.Operator.Name, place, cause.Message, details.Length <= DetailsLengthMax ? details : details[..DetailsLengthMax]));
    }

    /// <inheritdoc/>
    public override bool TryPark(Batch batch, int row, string place)
    {
        var typed = (Batch<T>)batch;
        var ahead = _parked.Read(_keyOf(typed.Rows[row]));
        if (ahead.IsEmpty)
            return false;
        Append(_parked, Letter(typed, row, ahead[0].Operator, place, $"waits behind {IdOf(ahead[0])}", details: ""));
        return true;
    }

    /// <inheritdoc/>
    public override Batch Park(Batch batch, string place)
    {
        var typed = (Batch<T>)batch;
        var rows = ArrayPool<T>.Shared.Rent(typed.Count);
        var from = ArrayPool<int>.Shared.Rent(typed.Count);
        var count = 0;
        for (var row = 0; row < typed.Count; row++)
        {
            if (TryPark(typed, row, place))
                continue;
            (rows[count], from[count]) = (typed.Rows[row], row);
            count++;
        }

        var others = Batch<T>.Own(rows, count);
        if (!typed.Times.IsEmpty)
            Pick(typed.Times, from, others.AttachTimes());
        if (!typed.Changes.IsEmpty)
            Pick(typed.Changes, from, others.AttachChanges());
        ArrayPool<int>.Shared.Return(from);
        typed.Release();
        return others;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(Batch Batch, string Place)> Take(LetterOrder order)
    {
        var taken = new List<StoredLetter<T>>();
        Take(_letters, order, takesKeysWhole: false, taken);
        Take(_parked, order, takesKeysWhole: order.Replays, taken);
        return order.Replays ? [.. taken.OrderBy(letter => letter.Epoch).ThenBy(letter => letter.Number).Select(letter => ((Batch)letter.ToBatch(), letter.Place))] : [];
    }

    /// <inheritdoc/>
    public override IEnumerable<DeadLetter> Read(long committed) => Read(_letters, committed, isParked: false).Concat(Read(_parked, committed, isParked: true));

    private static void Pick<TSide>(ReadOnlySpan<TSide> sides, int[] from, Span<TSide> to)
    {
        for (var row = 0; row < to.Length; row++)
            to[row] = sides[from[row]];
    }

    private StoredLetter<T> Letter(Batch<T> batch, int row, string @operator, string place, string error, string details)
    {
        // An epoch that runs again numbers its letters again.
        if (_numberedRun != _chain.EpochRuns)
            (_numberedRun, _number) = (_chain.EpochRuns, 0);
        return new(
            _chain.Epoch.Epoch.Number,
            _partition,
            _number++,
            @operator,
            place,
            error,
            details,
            batch.Times.IsEmpty ? null : batch.Times[row],
            batch.Changes.IsEmpty ? null : batch.Changes[row],
            batch.Rows[row]);
    }

    private void Append(ListTable<TKey, StoredLetter<T>> table, StoredLetter<T> letter)
    {
        if (CountOf(_letters) + CountOf(_parked) >= _max)
        {
            throw new JobEndingException(
                $"{_input} holds {_max} dead letters on partition {_partition}, the most that it may (millrace.task.max-dead-letters); replay or discard them (IJob.DeadLetters), or raise the limit; the next: {letter.Error}; {letter.Place}");
        }

        table.Append(_keyOf(letter.Record), letter);
        _added++;
    }

    private static int CountOf(ListTable<TKey, StoredLetter<T>> table)
    {
        var count = 0;
        var lists = table.GetEnumerator();
        while (lists.MoveNext())
            count += lists.Items.Length;
        return count;
    }

    private void Take(ListTable<TKey, StoredLetter<T>> table, LetterOrder order, bool takesKeysWhole, List<StoredLetter<T>> taken)
    {
        foreach (var (key, items) in Lists(table))
        {
            var named = Array.FindAll(items, letter => order.Names(IdOf(letter)));
            if (named.Length == 0)
                continue;
            table.RemoveAll(key);
            taken.AddRange(takesKeysWhole ? items : named);
            foreach (var kept in takesKeysWhole ? [] : items.Except(named))
                table.Append(key, kept);
        }
    }

    private IEnumerable<DeadLetter> Read(ListTable<TKey, StoredLetter<T>> table, long committed, bool isParked) =>
        from list in Lists(table)
        from letter in list.Items
        where letter.Epoch <= committed
        select new DeadLetter(
            IdOf(letter),
            new OperatorId(letter.Operator),
            new Epoch(letter.Epoch),
            letter.Place,
            letter.Error,
            letter.Details,
            _isKeyed ? list.Key : null,
            letter.Record,
            isParked,
            letter.IsWaiting);

    private static List<(TKey Key, StoredLetter<T>[] Items)> Lists(ListTable<TKey, StoredLetter<T>> table)
    {
        var all = new List<(TKey, StoredLetter<T>[])>(table.Count);
        var lists = table.GetEnumerator();
        while (lists.MoveNext())
            all.Add((lists.Key, lists.Items.ToArray()));
        return all;
    }

    private string IdOf(StoredLetter<T> letter) => string.Create(CultureInfo.InvariantCulture, $"{letter.Epoch}.{letter.Partition}.{letter.Number}@{_input}");
}
