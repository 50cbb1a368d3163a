using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>Data connections that carry nothing though both ends live and hear the coordinator: for a while, or for good.</summary>
internal sealed partial class SimCluster
{
    private const long WatchEveryUs = 200_000;
    private const long SilenceUs = 1_000_000;

    private readonly bool[,] _dataCut;
    private readonly long[,] _dataCutAtUs;
    private readonly (SimProcess From, SimProcess To)?[] _swallowed;
    private bool _isCutForGood;
    private bool _isWatching;

    /// <summary>Cuts one node's data connection with another, both ways or one way.</summary>
    private void CutData(int node, int other, bool isForGood)
    {
        if (node == other || _isCutForGood)
        {
            return;
        }

        Counters.DataCuts++;
        _isCutForGood = isForGood;
        var direction = Random.Below(3);
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} cut   data n{node} n{other} {direction}{(isForGood ? " for good" : "")}");
        Cut(node, other, direction != 1);
        Cut(other, node, direction != 2);
        if (!isForGood)
        {
            Schedule(NowUs + (Random.Between(50, 3000) * 1000), SimEventKind.HealData, null);
        }

        if (!_isWatching)
        {
            _isWatching = true;
            Schedule(NowUs + WatchEveryUs, SimEventKind.WatchData, null);
        }
    }

    private void Cut(int from, int to, bool isCut)
    {
        if (isCut && !_dataCut[from, to])
        {
            (_dataCut[from, to], _dataCutAtUs[from, to]) = (true, NowUs);
        }
    }

    /// <summary>Whether what one process sends on a channel to the other is swallowed.</summary>
    private bool Swallows(int producer, int consumer, SimProcess from, SimProcess to)
    {
        if (!_dataCut[from.Node, to.Node])
        {
            return false;
        }

        _swallowed[(producer * Shape.Count) + consumer] = (from, to);
        return true;
    }

    /// <summary>As a node does: who has heard nothing for long breaks the connection, and says whom it does not reach.</summary>
    private void WatchData()
    {
        var isCut = _dataCut.Cast<bool>().Any(cut => cut);
        foreach (var process in _nodes)
        {
            if (process is null)
            {
                continue;
            }

            var unreachable = ImmutableArray.CreateBuilder<string>();
            for (var other = 0; other < Options.Nodes; other++)
            {
                if (_dataCut[other, process.Node] && NowUs - _dataCutAtUs[other, process.Node] >= SilenceUs)
                {
                    unreachable.Add($"node-{other}");
                    ResetSwallowed(other, process.Node);
                }
            }

            isCut |= unreachable.Count > 0 || !process.Unreachable.IsEmpty;
            if (!unreachable.SequenceEqual(process.Unreachable))
            {
                process.Unreachable = unreachable.ToImmutable();
                Schedule(NowUs + Random.Between(10, 1000), SimEventKind.LinkTold, process, new WorkerMessages.NodesUnreachable(process.Unreachable));
            }
        }

        _isWatching = isCut;
        if (isCut)
        {
            Schedule(NowUs + WatchEveryUs, SimEventKind.WatchData, null);
        }
    }

    /// <summary>Connections that are made anew begin with what is sent from then on.</summary>
    private void HealData()
    {
        if (_isCutForGood)
        {
            return;
        }

        for (var from = 0; from < Options.Nodes; from++)
        {
            for (var to = 0; to < Options.Nodes; to++)
            {
                if (_dataCut[from, to])
                {
                    _dataCut[from, to] = false;
                    ResetSwallowed(from, to);
                }
            }
        }
    }

    private void ResetSwallowed(int from, int to)
    {
        for (var channel = 0; channel < _swallowed.Length; channel++)
        {
            if (_swallowed[channel] is { } ends && ends.From.Node == from && ends.To.Node == to)
            {
                _swallowed[channel] = null;
                var (producer, consumer) = (channel / Shape.Count, channel % Shape.Count);
                // Credit goes from the consumer's process to the producer's.
                var sender = ends.From.Worker.CurrentAttempt?.Owner[producer] == ends.From.Uid ? ends.From : ends.To;
                Reset(producer, consumer, sender, sender == ends.From ? ends.To : ends.From);
            }
        }
    }
}
