using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;
using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>What is lost, what goes back with it, and who holds what from then on.</summary>
internal sealed partial class CoordinatorProtocol
{
    private readonly TaskFailure?[] _failures;
    private long _attemptedAtMs;

    /// <summary>A failure of an older generation is settled.</summary>
    private void OnFailure(TaskFailure failure)
    {
        if (_history.Attempt is { } attempt && attempt.Generation[failure.Task] == failure.Generation)
        {
            var known = _failures[failure.Task];
            if (known is null || failure.Kind > known.Kind)
            {
                _failures[failure.Task] = failure;
            }
        }
    }

    /// <returns>Why the job is to be given up; null: it isn't.</returns>
    private string? FatalFailure(int failuresSoFar)
    {
        foreach (var failure in _failures)
        {
            if (failure is { Kind: FailureKind.Fatal })
            {
                return $"Task {failure.Task}: {failure.Reason}";
            }

            if (failure is { Kind: FailureKind.Task or FailureKind.TaskAndState } && failuresSoFar + 1 >= _options.MaxAttempts)
            {
                return $"Task {failure.Task} failed, and so did {failuresSoFar} tries before without a commit between (millrace.task.max-attempts): {failure.Reason}";
            }
        }

        return null;
    }

    /// <returns>Whether there is one.</returns>
    private bool DecideAttempt(long @base, int failures, long nowMs, ImmutableArray<JournalRows.Row>.Builder rows)
    {
        var former = _history.Attempt;
        FindCutOff();
        bool[]? lost = null;
        for (var task = 0; task < _shape.Count; task++)
        {
            if (former is null || _failures[task] is not null || !IsAlive(former.Owner[task], nowMs))
            {
                lost ??= new bool[_shape.Count];
                lost[task] = true;
            }
        }

        ProcessUid[]? moved = null;
        _straggler = null;
        if (lost is null && former is not null && (MoveOff(former, nowMs) ?? Spread(former, nowMs)) is { } found)
        {
            moved = found;
            lost = [.. found.Select((owner, task) => owner != former.Owner[task])];
        }

        if (lost is null || !MayPlace(former, nowMs))
        {
            return false;
        }

        var owners = moved ?? Place(former, nowMs);
        var reason = moved is null ? Reason(former, lost)
            : _straggler is { } slow ? $"Process {slow.Uid} at {slow.Node} is slow, and its tasks move to the others."
            : "A process that has few tasks, or none, takes its share of them.";
        var isTaskToBlame = false;
        foreach (var failure in _failures)
        {
            isTaskToBlame |= failure is { Kind: FailureKind.Task or FailureKind.TaskAndState };
        }

        _shape.Close(lost);
        var number = _history.LastAttempt + 1;
        var generation = new int[_shape.Count];
        var since = new int[_shape.Count];
        var dead = new List<ProcessUid>();
        var lostTasks = new List<int>();
        for (var task = 0; task < _shape.Count; task++)
        {
            var hasMoved = former is null || owners[task] != former.Owner[task];
            generation[task] = lost[task] ? number : former!.Generation[task];
            since[task] = hasMoved || _failures[task] is { Kind: FailureKind.TaskAndState } ? number : former!.Since[task];
            if (hasMoved && (moved is null || (_straggler is not null && (_faults & ProtocolFaults.BuryStragglers) != ProtocolFaults.None)) && former is not null && !dead.Contains(former.Owner[task]))
            {
                dead.Add(former.Owner[task]);
            }

            if (lost[task])
            {
                lostTasks.Add(task);
            }
        }

        _writingReason = reason;
        rows.Add(new JournalRows.Attempted(new AttemptPlan(
            number,
            @base,
            [.. generation],
            [.. owners],
            [.. since],
            [.. dead],
            [.. lostTasks],
            failures + (isTaskToBlame ? 1 : 0))));
        return true;
    }

    private string Reason(AttemptPlan? former, bool[] lost)
    {
        if (former is null)
        {
            return "First placement.";
        }

        for (var task = 0; task < lost.Length; task++)
        {
            if (lost[task])
            {
                return _failures[task] is { } failure
                    ? $"Task {task}: {failure.Reason}"
                    : $"Process {former.Owner[task]} is {(Find(former.Owner[task]) is { IsCutOff: true } ? "cut off from others" : "lost")}.";
            }
        }

        return "";
    }

    /// <summary>Somebody must be there to take the tasks; the first placement waits a while for the expected processes.</summary>
    private bool MayPlace(AttemptPlan? former, long nowMs)
    {
        var count = 0;
        foreach (var process in _processes)
        {
            count += IsEligible(process, nowMs) ? 1 : 0;
        }

        return count > 0 && (former is not null || count >= _options.ExpectedProcesses || nowMs >= _openedAtMs + _options.PlacementGraceMs);
    }

    /// <summary>Tasks whose process lives stay; the others go to the least loaded process, the lower uid first. Those that have to be together go first.</summary>
    private ProcessUid[] Place(AttemptPlan? former, long nowMs)
    {
        var owners = new ProcessUid[_shape.Count];
        foreach (var process in _processes)
        {
            process.Load = 0;
        }

        for (var task = 0; task < owners.Length; task++)
        {
            if (former is not null && IsAlive(former.Owner[task], nowMs))
            {
                owners[task] = former.Owner[task];
                Find(owners[task])!.Load++;
            }
        }

        if (_shape.Together is [var first, ..] && owners[first] == ProcessUid.None && (_faults & ProtocolFaults.PlaceApart) == ProtocolFaults.None)
        {
            var host = LeastLoaded(nowMs);
            foreach (var task in _shape.Together)
            {
                owners[task] = host.Uid;
                host.Load++;
            }
        }

        for (var task = 0; task < owners.Length; task++)
        {
            if (owners[task] == ProcessUid.None)
            {
                var host = LeastLoaded(nowMs);
                owners[task] = host.Uid;
                host.Load++;
            }
        }

        return owners;
    }

    /// <summary>One that is set aside only where there is no other.</summary>
    private ProcessSlot LeastLoaded(long nowMs)
    {
        ProcessSlot? least = null;
        foreach (var process in _processes)
        {
            if (IsEligible(process, nowMs) && (least is null || (IsAside(process), process.Load).CompareTo((IsAside(least), least.Load)) < 0))
            {
                least = process;
            }
        }

        return least!;
    }

    /// <summary>Owners by which the tasks are spread evenly, as few as possible moved; null where they are, or where a process has joined only just now.</summary>
    /// <remarks>A source that takes in by itself stays: what it holds would be lost. So do tasks that have to be together.</remarks>
    private ProcessUid[]? Spread(AttemptPlan former, long nowMs)
    {
        if (!LeasesOn || _options.SpreadAfterMs == 0 || State != CoordinatorState.Running || nowMs - _attemptedAtMs < _options.SpreadAfterMs)
        {
            return null;
        }

        foreach (var process in _processes)
        {
            process.Load = former.Owner.Count(owner => owner == process.Uid);
        }

        ProcessUid[]? owners = null;
        while (true)
        {
            ProcessSlot? least = null;
            ProcessSlot? most = null;
            foreach (var process in _processes)
            {
                if (IsAside(process))
                {
                    continue;
                }

                if (IsEligible(process, nowMs) && nowMs - process.ConfirmedAtMs >= _options.SpreadAfterMs && (least is null || process.Load < least.Load))
                {
                    least = process;
                }

                if (most is null || process.Load > most.Load)
                {
                    most = process;
                }
            }

            if (least is null || most!.Load - least.Load < 2)
            {
                return owners;
            }

            owners ??= [.. former.Owner];
            var moved = owners.Length - 1;
            while (moved >= 0 && !(owners[moved] == most.Uid && MayMove(moved)))
            {
                moved--;
            }

            if (moved < 0)
            {
                return owners.AsSpan().SequenceEqual(former.Owner.AsSpan()) ? null : owners;
            }

            owners[moved] = least.Uid;
            most.Load--;
            least.Load++;
        }
    }

    private bool MayMove(int task) => _shape.Tasks[task] is { TakesIn: false, IsTogether: false };

    private void OnAttempted(AttemptPlan attempt, long nowMs, List<ICoordinatorEffect> effects)
    {
        foreach (var task in attempt.Lost)
        {
            _polled[task] = null;
            foreach (var acks in _acks)
            {
                acks.Rows[task] = default;
            }

            if (_failures[task] is { } failure && failure.Generation < attempt.Generation[task])
            {
                _failures[task] = null;
            }
        }

        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            var process = _processes[i];
            if (attempt.Dead.Contains(process.Uid))
            {
                effects.Add(new Send(process.Uid, new ControlMessages.StandDown(Incarnation)));
                _processes.RemoveAt(i);
            }
        }

        _attemptedAtMs = nowMs;
        _lastMomentMs ??= _options.FirstTimeMs - _options.EpochIntervalMs;
        effects.Add(new AttemptRaised(attempt, _writingReason));
        BeginJudging(attempt, nowMs, effects);
        foreach (var process in _processes)
        {
            effects.Add(new Send(process.Uid, AttemptFor(process)));
            foreach (var plan in _history.Inflight)
            {
                effects.Add(new Send(process.Uid, new ControlMessages.Run(Incarnation, plan)));
            }

            process.RepeatAtMs = nowMs + _options.RepeatMs;
        }

        // Why at once: the first poll after a restart went to owners that are gone.
        if (_pollEpoch != 0)
        {
            SendPoll(nowMs, effects);
        }
    }

    /// <summary>The attempt, with the named rows of the tasks that the process may not have yet.</summary>
    private ControlMessages.Attempt AttemptFor(ProcessSlot process)
    {
        var attempt = _history.Attempt!;
        var references = ImmutableArray.CreateBuilder<TaskReferences>();
        for (var task = 0; task < _shape.Count; task++)
        {
            if (attempt.Owner[task] != process.Uid || process.Attempt >= attempt.Since[task])
            {
                continue;
            }

            references.Add(ReferencesFor(task, attempt));
        }

        return new ControlMessages.Attempt(Incarnation, attempt, references.ToImmutable());
    }
}
