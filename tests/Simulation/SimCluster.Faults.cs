using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>What goes wrong, and when it stops going wrong.</summary>
internal sealed partial class SimCluster
{
    private void ScheduleFaults()
    {
        for (var i = 0; i < Options.Faults; i++)
        {
            Schedule(Random.Between(20, Options.FaultsUntilMs) * 1000, SimEventKind.Fault, null);
        }

        for (var i = 0; i < Options.Slowdowns; i++)
        {
            Schedule(Random.Between(20, Options.FaultsUntilMs) * 1000, SimEventKind.Slow, null, a: Random.Below(Options.Nodes));
        }

        Schedule(Options.FaultsUntilMs * 1000, SimEventKind.FaultsEnd, null);
    }

    /// <summary>A takeover has just begun: in some runs it does not end.</summary>
    private void Ambush(SimProcess process)
    {
        if (!_isCalm && Random.OneIn(Options.Ambush))
        {
            Schedule(NowUs + Random.Between(200, 12_000), SimEventKind.Fault, process, a: 1 + Random.Below(2));
        }
    }

    private void Inflict(SimEvent entry)
    {
        if (entry.A > 0)
        {
            if (entry.A == 1)
            {
                Kill(entry.Process!, Random.Between(1, 600));
            }
            else
            {
                Pause(entry.Process!, Random.Between(100, 1500));
            }

            return;
        }

        var node = Random.Below(Options.Nodes);
        if (Random.Below(3) == 0 && CoordinatorNode() is >= 0 and var ruling)
        {
            node = ruling;
        }

        if (Random.Below(4) == 0 && OpeningNode() is >= 0 and var opening)
        {
            node = opening;
        }

        switch (Options.OnlyResets ? 3 : Random.Below(20) / 2)
        {
            case 0 or 1 when _nodes[node] is { } process:
                Kill(process, Random.Below(3) == 0 ? 1 : Random.Between(20, 900));
                break;
            case 2 when _nodes[node] is { } process:
                Pause(process, Random.Below(2) == 0 ? Random.Between(20, 400) : Random.Between(400, 1500));
                break;
            case 3 or 4:
                _armedResets++;
                break;
            case 5:
                Partition(node);
                break;
            case 9:
                CutData(node, Random.Below(Options.Nodes), isForGood: false);
                break;
            case 7:
                foreach (var process in _nodes)
                {
                    if (process is not null)
                    {
                        Kill(process, Random.Between(1, 300));
                    }
                }

                break;
            case 8:
                // The external systems of all sinks, or the database for every node.
                Counters.Outages++;
                var untilUs = NowUs + (Random.Between(50, 1200) * 1000);
                if (Random.Below(2) == 0)
                {
                    _sinksOutUntilUs = untilUs;
                }
                else
                {
                    Array.Fill(_databaseCutUntilUs, untilUs);
                }

                break;
            case 6:
                _databaseCutUntilUs[node] = NowUs + (Random.Between(20, 900) * 1000);
                Trace?.Invoke($"{NowUs / 1000.0,10:F3} cut   n{node} from the database");
                break;
        }
    }

    private int CoordinatorNode() => NodeIn(CoordinatorState.Running);

    private int OpeningNode() => NodeIn(CoordinatorState.Opening);

    private int NodeIn(CoordinatorState state)
    {
        for (var node = 0; node < _nodes.Length; node++)
        {
            if (_nodes[node]?.Candidate?.State == state)
            {
                return node;
            }
        }

        return -1;
    }

    private void Kill(SimProcess process, long restartAfterMs)
    {
        if (process.IsDead)
        {
            return;
        }

        Counters.Kills++;
        End(process, restartAfterMs);
    }

    private void End(SimProcess process, long restartAfterMs)
    {
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} end   n{process.Node} {process.Uid}");
        process.IsDead = true;
        process.Deferred.Clear();
        _nodes[process.Node] = null;
        Schedule(NowUs + (restartAfterMs * 1000), SimEventKind.Restart, null, a: process.Node);
    }

    private void Pause(SimProcess process, long ms)
    {
        if (process.PausedUntilUs > NowUs)
        {
            return;
        }

        Counters.Pauses++;
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} pause n{process.Node} {ms} ms");
        process.PausedUntilUs = NowUs + (ms * 1000);
        Schedule(process.PausedUntilUs, SimEventKind.Thaw, null, process);
    }

    /// <summary>All tasks of a process take far longer for each step, until it is restarted or the time is over.</summary>
    private void SlowDown(int node)
    {
        if (_nodes[node] is { } process)
        {
            Counters.Slowdowns++;
            process.SlowUntilUs = NowUs + (Random.Between(200, 2500) * 1000);
            Trace?.Invoke($"{NowUs / 1000.0,10:F3} slow  n{node} until {process.SlowUntilUs / 1000}");
        }
    }

    /// <summary>A straggler loses what can move to others, and nothing else, and lives.</summary>
    private void OnSetAside(SimProcess coordinator, AttemptPlan attempt, CoordinatorMessages.StragglerSetAside slow)
    {
        Counters.SetAside++;
        coordinator.Aside[slow.Process] = NowMs + slow.RestMs;
        if (!attempt.Dead.IsEmpty)
        {
            throw new ViolationException($"I13: attempt {attempt.Number} takes the slow process {slow.Process} for dead.");
        }

        for (var task = 0; task < Shape.Count; task++)
        {
            var (hasMoved, mayMove) = (attempt.Since[task] == attempt.Number, Shape.Tasks[task] is { TakesIn: false, IsTogether: false });
            if (hasMoved ? !mayMove : mayMove && attempt.Owner[task] == slow.Process)
            {
                throw new ViolationException($"I13: task {task} {(hasMoved ? "moves off" : "stays with")} the slow process {slow.Process} in attempt {attempt.Number}.");
            }
        }
    }

    /// <summary>A straggler gets no tasks while it rests, unless it is the only one there.</summary>
    private void CheckStragglers(SimProcess coordinator, AttemptPlan attempt)
    {
        var former = coordinator.Raised;
        coordinator.Raised = attempt;
        if (coordinator.Aside.Count == 0 || attempt.Owner.All(IsAside))
        {
            return;
        }

        for (var task = 0; task < Shape.Count; task++)
        {
            if (attempt.Owner[task] != former!.Owner[task] && IsAside(attempt.Owner[task]))
            {
                throw new ViolationException($"I13: attempt {attempt.Number} gives task {task} to {attempt.Owner[task]}, which is set aside for being slow.");
            }
        }

        bool IsAside(ProcessUid owner) => coordinator.Aside.TryGetValue(owner, out var untilMs) && untilMs > NowMs;
    }

    private void Resume(SimProcess process)
    {
        while (!process.IsDead && process.PausedUntilUs <= NowUs && process.Deferred.TryDequeue(out var entry))
        {
            entry.AtUs = NowUs;
            Dispatch(entry);
        }
    }

    /// <summary>A connection breaks with what is under way on it; later items travel on a new one.</summary>
    private void Reset(int producer, int consumer, SimProcess sender, SimProcess receiver)
    {
        Counters.Resets++;
        ref var link = ref _links[(producer * Shape.Count) + consumer];
        // Of two others, which were told of it, nothing is under way any more; those that the channel lies between now have a connection of their own.
        link.Version += link.From == sender && link.To == receiver ? 1 : 0;
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} reset {producer} -> {consumer}");
        var senderSoon = Random.Below(2) == 0;
        var receiverSoon = !senderSoon || Random.Below(2) == 0;
        Tell(sender, senderSoon, new WorkerMessages.ChannelBroken(consumer, link.Generation, "Reset seen by the sender."));
        if (receiver.Tasks[consumer] is { } task)
        {
            Tell(receiver, receiverSoon, new WorkerMessages.ChannelBroken(consumer, task.Protocol.Generation, "Reset seen by the receiver."));
        }
    }

    /// <summary>One end learns of it at once or late: closing the other half of a connection takes its time.</summary>
    private void Tell(SimProcess process, bool isSoon, WorkerMessages.ChannelBroken broken) =>
        Schedule(NowUs + (isSoon ? Random.Between(100, 30_000) : Random.Between(20_000, 600_000)), SimEventKind.LinkTold, process, broken);

    private void Partition(int node)
    {
        Counters.Partitions++;
        var direction = Random.Below(3);
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} cut   n{node} {direction}");
        for (var other = 0; other < Options.Nodes; other++)
        {
            if (other != node)
            {
                _cut[node, other] |= direction != 1;
                _cut[other, node] |= direction != 2;
            }
        }

        Schedule(NowUs + (Random.Between(50, 1200) * 1000), SimEventKind.Heal, null);
    }

    private void Heal() => Array.Clear(_cut);

    private void EndFaults()
    {
        _isCalm = true;
        ThrowChance = 0;
        Heal();
        HealData();
        if (Options.CutsForGood)
        {
            CutData(Random.Below(Options.Nodes), Random.Below(Options.Nodes), isForGood: true);
        }

        _armedResets = 0;
        Array.Clear(_databaseCutUntilUs);
        _sinksOutUntilUs = 0;
        Trace?.Invoke($"{NowUs / 1000.0,10:F3} calm");
    }
}
