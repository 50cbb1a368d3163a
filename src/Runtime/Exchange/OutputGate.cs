using System.Buffers;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;

namespace Millrace.Runtime.Exchange;

/// <summary>A task's output side on one edge: finds the channel of every row and gathers rows into batches per channel.</summary>
internal sealed class OutputGate<T> : ChainEnd<T>, IOutputGate
{
    private readonly OutputChannel[] _channels;
    private readonly ExchangeKind _kind;
    private readonly ChannelSelector<T>? _selector;
    private readonly Queue<int[]> _found = new();
    private readonly int[] _turns;
    private readonly T[][] _open;
    private readonly int[] _counts;
    private readonly OpenSides[] _sides;
    private EpochInfo _epoch;
    private int _turn;
    private bool _isSided;

    /// <param name="channels">One per receiving partition that this task is connected to.</param>
    /// <param name="kind">The exchange.</param>
    /// <param name="selector">Finds the channel of each row; null where the exchange looks at no row.</param>
    public OutputGate(OutputChannel[] channels, ExchangeKind kind, ChannelSelector<T>? selector)
    {
        _channels = channels;
        _kind = kind;
        _selector = selector;
        _turns = TurnsOf(channels, kind);
        _open = [.. channels.Select(_ => Array.Empty<T>())];
        _counts = new int[channels.Length];
        _sides = new OpenSides[channels.Length];
    }

    /// <inheritdoc/>
    public bool HasOpenRows => Array.Exists(_counts, count => count > 0);

    /// <inheritdoc/>
    public void Flush()
    {
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            if (!_channels[channel].IsBlocked)
                SendOpen(channel);
        }
    }

    /// <inheritdoc/>
    public void BeginEpoch(EpochInfo epoch) => _epoch = epoch;

    /// <inheritdoc/>
    public void SendControl(ControlItem control)
    {
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            SendOpen(channel);
            _channels[channel].Send(_epoch, control);
        }
    }

    /// <inheritdoc/>
    public void RollBack()
    {
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            if (_open[channel].Length > 0)
                TakeOpen(channel).Release();
        }
    }

    /// <inheritdoc/>
    public override void DropRow()
    {
        base.DropRow();
        _found.Clear();
    }

    /// <inheritdoc/>
    protected override void Check(Batch<T> batch)
    {
        if (_selector is not null)
            _found.Enqueue(FindPartitions(_selector, batch.Rows));
    }

    /// <inheritdoc/>
    protected override void Take(Batch<T> batch)
    {
        if (_selector is not null)
        {
            Scatter(_selector, batch);
            return;
        }

        switch (_kind)
        {
            case ExchangeKind.Broadcast:
                for (var channel = 1; channel < _channels.Length; channel++)
                    _channels[channel].Send(_epoch, batch.Copy());
                _channels[0].Send(_epoch, batch);
                break;
            case ExchangeKind.Rebalance or ExchangeKind.Rescale or ExchangeKind.LocalOrShuffle:
                _turn = (_turn + 1) % _turns.Length;
                Gather(_turns[_turn], batch);
                break;
            default:
                Gather(0, batch);
                break;
        }
    }

    /// <summary>The channels that take whole batches in turn.</summary>
    private static int[] TurnsOf(OutputChannel[] channels, ExchangeKind kind)
    {
        int[] all = [.. Enumerable.Range(0, channels.Length)];
        int[] local = kind == ExchangeKind.LocalOrShuffle ? Array.FindAll(all, channel => channels[channel].IsLocal) : [];
        return local.Length > 0 ? local : all;
    }

    // A batch that is large enough travels as it is; rows of small ones are gathered.
    private void Gather(int channel, Batch<T> batch)
    {
        if (batch.Count * 2 >= Batch<T>.FullSize)
        {
            SendOpen(channel);
            _channels[channel].Send(_epoch, batch);
            return;
        }

        _isSided |= batch.HasSides;
        var rows = batch.Rows;
        for (var row = 0; row < rows.Length; row++)
        {
            if (_isSided)
                AddSides(channel, batch, row);
            Add(channel, rows[row]);
        }

        batch.Release();
    }

    private void Scatter(ChannelSelector<T> selector, Batch<T> batch)
    {
        var rows = batch.Rows;
        if (!_found.TryDequeue(out var partitions))
            partitions = FindPartitions(selector, rows);
        _isSided |= batch.HasSides;
        for (var row = 0; row < rows.Length; row++)
        {
            if (_isSided)
                AddSides(partitions[row], batch, row);
            Add(partitions[row], rows[row]);
        }

        ArrayPool<int>.Shared.Return(partitions);
        batch.Release();
    }

    private int[] FindPartitions(ChannelSelector<T> selector, ReadOnlySpan<T> rows)
    {
        var partitions = ArrayPool<int>.Shared.Rent(rows.Length);
        selector.SelectPartitions(rows, partitions.AsSpan(0, rows.Length), _channels.Length);
        return partitions;
    }

    private void Add(int channel, T row)
    {
        var count = _counts[channel];
        var open = _open[channel];
        if (count == open.Length)
        {
            if (count > 0)
                SendOpen(channel);
            _open[channel] = open = ArrayPool<T>.Shared.Rent(Batch<T>.FullSize);
            count = 0;
        }

        open[count++] = row;
        _counts[channel] = count;
        if (count == Batch<T>.FullSize)
            SendOpen(channel);
    }

    private void AddSides(int channel, Batch<T> batch, int row)
    {
        if (!_sides[channel].Fits(batch))
            SendOpen(channel);
        _sides[channel].Put(batch, row, _counts[channel], Batch<T>.FullSize);
    }

    private void SendOpen(int channel)
    {
        if (_counts[channel] > 0)
            _channels[channel].Send(_epoch, TakeOpen(channel));
    }

    private Batch<T> TakeOpen(int channel)
    {
        var batch = Batch<T>.Own(_open[channel], _counts[channel]);
        _sides[channel].MoveTo(batch);
        (_open[channel], _counts[channel]) = ([], 0);
        return batch;
    }
}
