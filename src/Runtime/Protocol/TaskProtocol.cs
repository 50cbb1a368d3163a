using System.Diagnostics;

namespace Millrace.Runtime.Protocol;

/// <summary>One task's part in the epochs: which items it takes, when it is aligned, what it undoes and what it may forget.</summary>
/// <remarks>
/// <para>
/// A task works on epoch <see cref="CurrentEpoch"/>. It may start when the plan is known (<see cref="OnPlan"/>). A source reads its
/// range; any other task takes items until every channel has delivered the epoch's barrier (<see cref="OnBarrier"/>). Then it runs
/// OnEpoch, sends what that yields, sends the barrier on, hands over its delta and calls <see cref="CompleteEpoch"/>; it keeps the
/// epoch's undo list until <see cref="Commit"/>.
/// </para>
/// <para>
/// Only the receiver's generation and the item's number in its channel decide about an item. Older generation: dropped. Newer: held
/// until adopted. A channel that has delivered the barrier is blocked until the others have too. Numbers start at 0 in each
/// generation and are never skipped: a gap puts the task among the lost.
/// </para>
/// <para>
/// Adopting a newer generation means: commit up to the base (a commit may have been missed), undo everything behind it, start all
/// channels afresh. Adopting the generation it already has changes nothing but the stamps.
/// </para>
/// Not thread-safe; one per task; nothing here allocates after the constructor.
/// </remarks>
internal sealed class TaskProtocol
{
    private readonly long[] _nextSequence;
    private readonly long[] _barrier;
    private readonly int[] _consumerGeneration;
    private readonly long[] _outputSequence;
    private readonly ProtocolFaults _faults;
    private long _plannedThrough;
    private bool _hasFailed;

    /// <summary>A task whose state stands at <paramref name="committed"/>.</summary>
    public TaskProtocol(
        int task, TaskShape shape, int generation, long committed, ReadOnlySpan<int> consumerGenerations, ProtocolFaults faults = ProtocolFaults.None)
    {
        Debug.Assert(consumerGenerations.Length == shape.Downstream.Length);
        Task = task;
        Generation = generation;
        Committed = Completed = _plannedThrough = committed;
        _nextSequence = new long[shape.Inputs.Length];
        _barrier = new long[shape.Inputs.Length];
        Array.Fill(_barrier, committed);
        _consumerGeneration = consumerGenerations.ToArray();
        _outputSequence = new long[shape.Downstream.Length];
        _faults = faults;
    }

    public int Task { get; }

    public int Generation { get; private set; }

    /// <value>Its undo list and those before are gone.</value>
    public long Committed { get; private set; }

    /// <value>The last epoch handed over.</value>
    public long Completed { get; private set; }

    public long CurrentEpoch => Completed + 1;

    /// <value>The plan of the current epoch is known and the task has not failed: it may read or take items.</value>
    public bool MayRun => _plannedThrough > Completed && !_hasFailed;

    /// <summary>The plan of an epoch arrived. The shell keeps time, seed and range until the epoch is over.</summary>
    public void OnPlan(long epoch)
    {
        if (epoch == _plannedThrough + 1)
        {
            _plannedThrough = epoch;
        }
    }

    /// <summary>Decides about one item, data or barrier. Call it in order of arrival; held items stand before new ones.</summary>
    public Admission Admit(int channel, int generation, long sequence)
    {
        if (generation != Generation)
        {
            if (generation > Generation)
            {
                return Admission.Hold;
            }

            return (_faults & ProtocolFaults.AcceptOlderGeneration) != ProtocolFaults.None ? Admission.Take : Admission.Drop;
        }

        if (_hasFailed)
        {
            return Admission.Drop;
        }

        if (_plannedThrough <= Completed || _barrier[channel] > Completed)
        {
            return Admission.Hold;
        }

        if (sequence != _nextSequence[channel])
        {
            if (sequence < _nextSequence[channel])
            {
                return Admission.Drop;
            }

            if ((_faults & ProtocolFaults.SkipGap) == ProtocolFaults.None)
            {
                _hasFailed = true;
                return Admission.Gap;
            }
        }

        _nextSequence[channel] = sequence + 1;
        return Admission.Take;
    }

    /// <summary>A barrier was taken.</summary>
    /// <returns>True when every channel has delivered it: the shell runs OnEpoch.</returns>
    public bool OnBarrier(int channel, long epoch)
    {
        if (epoch != CurrentEpoch)
        {
            return false;
        }

        _barrier[channel] = epoch;
        foreach (var barrier in _barrier)
        {
            if (barrier < epoch)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The stamp of the next item to a consumer.</summary>
    public ItemStamp NextStamp(int consumer) => new(_consumerGeneration[consumer], _outputSequence[consumer]++);

    /// <summary>The generation stamped for a consumer. Credit belongs to it: a grant of another one is void.</summary>
    public int ConsumerGeneration(int consumer) => _consumerGeneration[consumer];

    /// <summary>The delta of the current epoch is handed over: the next one begins. Held items may be offered again.</summary>
    /// <returns>True (a deliberate mistake only) when the epoch's undo list is to be freed now.</returns>
    public bool CompleteEpoch(long epoch)
    {
        Debug.Assert(epoch == CurrentEpoch);
        Completed = epoch;
        return (_faults & ProtocolFaults.FreeUndoWhenDurable) != ProtocolFaults.None;
    }

    /// <summary>The task threw, or reports a broken channel: it takes nothing until it adopts a newer generation.</summary>
    public void Fail() => _hasFailed = true;

    /// <summary>An epoch is history.</summary>
    /// <returns>True when its undo list is to be freed (and its sink rows applied); false when that has been done, or is not its turn.</returns>
    public bool Commit(long epoch, long previous)
    {
        if (previous != Committed || epoch <= Committed || epoch > Completed)
        {
            return false;
        }

        Committed = epoch;
        return true;
    }

    /// <summary>An attempt: this task's generation, the base, and the generations of its consumers in order of outputs.</summary>
    public Adoption Adopt(int generation, long @base, ReadOnlySpan<int> consumerGenerations)
    {
        if (generation < Generation)
        {
            return new Adoption(Committed, RollsBack: false);
        }

        for (var consumer = 0; consumer < consumerGenerations.Length; consumer++)
        {
            if (consumerGenerations[consumer] > _consumerGeneration[consumer])
            {
                _consumerGeneration[consumer] = consumerGenerations[consumer];
                _outputSequence[consumer] = 0;
            }
        }

        Committed = Math.Max(Committed, Math.Min(@base, Completed));
        if (generation == Generation)
        {
            return new Adoption(Committed, RollsBack: false);
        }

        Generation = generation;
        Completed = _plannedThrough = @base;
        _hasFailed = false;
        Array.Clear(_nextSequence);
        Array.Fill(_barrier, @base);
        return new Adoption(Committed, RollsBack: (_faults & ProtocolFaults.SkipUndoOnSurvivor) == ProtocolFaults.None);
    }
}
