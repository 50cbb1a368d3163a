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
    private readonly Partitioner<T>? _partitioner;
    private readonly int _keyGroups;
    private readonly int[] _owners;
    private readonly T[][] _open;
    private readonly int[] _counts;
    private EpochInfo _epoch;
    private int _next;

    /// <param name="channels">One per receiving partition; for a forward edge the one channel there is.</param>
    /// <param name="kind">The exchange.</param>
    /// <param name="partitioner">Finds key groups, for a hash exchange.</param>
    /// <param name="keyGroups">Key groups of the job.</param>
    public OutputGate(OutputChannel[] channels, ExchangeKind kind, Partitioner<T>? partitioner, int keyGroups)
    {
        _channels = channels;
        _kind = kind;
        _partitioner = partitioner;
        _keyGroups = keyGroups;
        _owners = [.. Enumerable.Range(0, keyGroups).Select(group => new KeyGroup(group).OwnerOf(keyGroups, channels.Length).Number)];
        _open = [.. channels.Select(_ => Array.Empty<T>())];
        _counts = new int[channels.Length];
    }

    /// <inheritdoc/>
    public bool HasOpenRows => Array.Exists(_counts, count => count > 0);

    /// <inheritdoc/>
    public void Flush()
    {
        for (var channel = 0; channel < _channels.Length; channel++)
            SendOpen(channel);
    }

    /// <inheritdoc/>
    public void BeginEpoch(EpochInfo epoch) => _epoch = epoch;

    /// <inheritdoc/>
    public void SendControl(ControlItem control)
    {
        Flush();
        foreach (var channel in _channels)
            channel.Send(_epoch, control);
    }

    /// <inheritdoc/>
    public void RollBack()
    {
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            if (_open[channel].Length > 0)
                Batch<T>.Own(_open[channel], _counts[channel]).Release();
            (_open[channel], _counts[channel]) = ([], 0);
        }
    }

    /// <inheritdoc/>
    protected override void Check(Batch<T> batch)
    {
        if (_kind == ExchangeKind.Hash)
            ArrayPool<int>.Shared.Return(FindKeyGroups(batch.Rows));
    }

    /// <inheritdoc/>
    protected override void Take(Batch<T> batch)
    {
        switch (_kind)
        {
            case ExchangeKind.Hash when _channels.Length > 1:
                Scatter(batch);
                break;
            case ExchangeKind.Broadcast:
                for (var channel = 1; channel < _channels.Length; channel++)
                    _channels[channel].Send(_epoch, batch.Copy());
                _channels[0].Send(_epoch, batch);
                break;
            case ExchangeKind.Rebalance:
                _next = (_next + 1) % _channels.Length;
                Gather(_next, batch);
                break;
            default:
                Gather(0, batch);
                break;
        }
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

        foreach (var row in batch.Rows)
            Add(channel, row);
        batch.Release();
    }

    private void Scatter(Batch<T> batch)
    {
        var rows = batch.Rows;
        var groups = FindKeyGroups(rows);
        for (var row = 0; row < rows.Length; row++)
            Add(_owners[groups[row]], rows[row]);
        ArrayPool<int>.Shared.Return(groups);
        batch.Release();
    }

    private int[] FindKeyGroups(ReadOnlySpan<T> rows)
    {
        var groups = ArrayPool<int>.Shared.Rent(rows.Length);
        _partitioner!.FindKeyGroups(rows, groups.AsSpan(0, rows.Length), _keyGroups);
        return groups;
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

    private void SendOpen(int channel)
    {
        if (_counts[channel] == 0)
            return;
        _channels[channel].Send(_epoch, Batch<T>.Own(_open[channel], _counts[channel]));
        (_open[channel], _counts[channel]) = ([], 0);
    }
}
