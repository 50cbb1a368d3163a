using static Millrace.Runtime.Protocol.CoordinatorMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>Who is slow: a process that takes much longer for its tasks than others would is set aside for a while, a member without tasks.</summary>
/// <remarks>
/// <see cref="WorkComparison"/> says of each committed epoch whether the tasks of a process were slow. A process is slow too if it wakes too late by more of the time than others
/// do, a twentieth of it or more: one that stands still for 19 ms of 20 delays whatever passes it, and its tasks may work in between as fast as ever. One that was in enough of them loses the tasks that may move; after a rest it is
/// offered tasks again, and each time that it is slow again at once it rests twice as long. At most half of the processes are set aside. A successor knows nothing of it.
/// </remarks>
internal sealed partial class CoordinatorProtocol
{
    private const int RestsMax = 16;
    private const long LatenessMs = 50;
    private const double LatenessMin = 0.05;

    private long _judgedAtMs;

    /// <summary>The one that the attempt that is being written moves tasks off.</summary>
    private ProcessSlot? _straggler;

    private bool SeeksStragglers => LeasesOn && _options.StragglerEpochs > 0;

    private bool IsAside(ProcessSlot process) =>
        process.AsideUntilMs > 0 && (_faults & ProtocolFaults.OfferTasksToStragglers) == ProtocolFaults.None;

    private static void NoteLateness(ProcessSlot process, long lateMs, long nowMs)
    {
        var sinceMs = nowMs - process.LateAtMs;
        if (process.LateAtMs > 0 && sinceMs < LatenessMs)
        {
            return;
        }

        // Why half of what was known: it is a matter of luck how late a pulse is.
        process.Lateness = process.LateAtMs == 0 ? 0 : (process.Lateness + ((double)(lateMs - process.LateMs) / sinceMs)) / 2;
        (process.LateMs, process.LateAtMs) = (lateMs, nowMs);
    }

    private void Judge(WorkDone[] work, long nowMs)
    {
        // Why the interval at least: several epochs may commit at one moment.
        var passedMs = Math.Max(nowMs - _judgedAtMs, _options.EpochIntervalMs);
        _judgedAtMs = nowMs;
        if (!SeeksStragglers || _history.Attempt is not { } attempt)
        {
            return;
        }

        foreach (var process in _processes)
        {
            if (nowMs < process.JudgedFromMs)
            {
                continue;
            }

            var worked = WorkComparison.Of(process.Uid, _shape, attempt.Owner, work, uid => Find(uid) is { AsideUntilMs: 0 });
            var late = LatenessOf(process, passedMs);
            if (worked is not null || late is not null)
            {
                Note(process, worked ?? default, late ?? default);
            }
        }
    }

    /// <returns>By how many microseconds it was late, and others were; nothing where the difference is of no importance, null where there are no others.</returns>
    private (double Own, double Others)? LatenessOf(ProcessSlot process, long passedMs)
    {
        double[] others = [.. _processes.Where(other => other != process && other is { IsConfirmed: true, AsideUntilMs: 0 }).Select(other => other.Lateness)];
        if (others.Length == 0)
        {
            return null;
        }

        var expected = WorkComparison.Median(others);
        return process.Lateness - expected < LatenessMin ? (0, 0) : (process.Lateness * passedMs * 1000, expected * passedMs * 1000);
    }

    private void Note(ProcessSlot process, (double Own, double Others) worked, (double Own, double Others) late)
    {
        process.SlowEpochs = IsSlow(worked) || IsSlow(late) ? process.SlowEpochs + 1 : Math.Max(0, process.SlowEpochs - 2);
        (process.Worked, process.Expected) = process.SlowEpochs == 0
            ? (0, 0)
            : (process.Worked + worked.Own + late.Own, process.Expected + worked.Others + late.Others);
    }

    private bool IsSlow((double Own, double Others) took) =>
        took.Own > took.Others * _options.StragglerFactor && took.Own - took.Others > _options.StragglerExcessMs * 1000.0 / _options.StragglerEpochs;

    /// <summary>Owners without the slowest straggler; null where there is none, or where too many rest.</summary>
    private ProcessUid[]? MoveOff(AttemptPlan former, long nowMs)
    {
        if (!SeeksStragglers || State != CoordinatorState.Running)
        {
            return null;
        }

        ProcessSlot? straggler = null;
        var (count, aside) = (0, 0);
        foreach (var process in _processes)
        {
            if (!IsEligible(process, nowMs))
            {
                continue;
            }

            count++;
            aside += process.AsideUntilMs > 0 ? 1 : 0;
            if (process.AsideUntilMs == 0 && process.SlowEpochs >= _options.StragglerEpochs && HasMovable(process, former)
                && (straggler is null || process.Worked * straggler.Expected > straggler.Worked * process.Expected))
            {
                straggler = process;
            }
        }

        if (straggler is null || 2 * (aside + 1) > count)
        {
            return null;
        }

        foreach (var process in _processes)
        {
            process.Load = former.Owner.Count(owner => owner == process.Uid);
        }

        ProcessUid[] owners = [.. former.Owner];
        straggler.Load = int.MaxValue;
        for (var task = 0; task < owners.Length; task++)
        {
            if (owners[task] == straggler.Uid && MayMove(task))
            {
                var host = LeastLoaded(nowMs);
                owners[task] = host.Uid;
                host.Load++;
            }
        }

        _straggler = straggler;
        return owners;
    }

    private bool HasMovable(ProcessSlot process, AttemptPlan attempt)
    {
        for (var task = 0; task < _shape.Count; task++)
        {
            if (attempt.Owner[task] == process.Uid && MayMove(task))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What was seen of processes before the attempt counts no more, and who has got tasks has a while to begin.</summary>
    private void BeginJudging(AttemptPlan attempt, long nowMs, List<ICoordinatorEffect> effects)
    {
        if (_straggler is { } straggler)
        {
            SetAside(straggler, attempt, nowMs, effects);
        }

        foreach (var process in _processes)
        {
            (process.SlowEpochs, process.Worked, process.Expected) = (0, 0, 0);
            for (var task = 0; task < _shape.Count; task++)
            {
                if (attempt.Owner[task] == process.Uid && attempt.Since[task] == attempt.Number)
                {
                    process.JudgedFromMs = nowMs + _options.StragglerGraceMs;
                    // Why it may have got any: nobody else was there.
                    TakeBack(process, effects);
                    break;
                }
            }
        }
    }

    private void SetAside(ProcessSlot straggler, AttemptPlan attempt, long nowMs, List<ICoordinatorEffect> effects)
    {
        // It was taken back less than a rest ago: nothing has changed.
        var isAgain = straggler.RestMs > 0 && nowMs - straggler.JudgedFromMs < straggler.RestMs;
        straggler.RestMs = isAgain ? Math.Min(2 * straggler.RestMs, RestsMax * _options.StragglerRestMs) : _options.StragglerRestMs;
        straggler.AsideUntilMs = nowMs + straggler.RestMs;
        effects.Add(new StragglerSetAside(
            straggler.Uid,
            straggler.Node,
            straggler.SlowEpochs,
            (long)(straggler.Worked / 1000),
            (long)(straggler.Expected / 1000),
            attempt.Since.Count(since => since == attempt.Number),
            attempt.Owner.Count(owner => owner == straggler.Uid),
            straggler.RestMs));
    }

    private void TakeBack(long nowMs, List<ICoordinatorEffect> effects)
    {
        foreach (var process in _processes)
        {
            if (nowMs >= process.AsideUntilMs)
            {
                TakeBack(process, effects);
            }
        }
    }

    private static void TakeBack(ProcessSlot process, List<ICoordinatorEffect> effects)
    {
        if (process.AsideUntilMs > 0)
        {
            process.AsideUntilMs = 0;
            effects.Add(new StragglerTakenBack(process.Uid, process.Node));
        }
    }
}
