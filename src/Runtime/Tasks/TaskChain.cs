using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>The operators of one task between its inputs and its ends, and the state that they share an epoch with.</summary>
internal sealed class TaskChain : IDisposable
{
    public TaskState State { get; } = new();

    /// <summary>Where it says which operator is at work.</summary>
    public required OperatorProgress Progress { get; init; }

    /// <summary>Makes operators fail, in tests.</summary>
    public ITaskFaults? Faults { get; init; }

    /// <summary>In chain order.</summary>
    public List<(OperatorId Id, Operator Operator)> Operators { get; } = [];

    public List<IOutputGate> Gates { get; } = [];

    /// <summary>The sink; a chain has one at most.</summary>
    public ISinkDriver? Sink { get; set; }

    /// <summary>The sink's id; null without one.</summary>
    public OperatorId? SinkId { get; set; }

    public List<ChainEnd> Ends { get; } = [];

    /// <summary>Output channels over all gates, as the protocol counts them.</summary>
    public OutputChannel[] Channels { get; set; } = [];

    /// <summary>The entry of every input channel.</summary>
    public ChainInput[] Inputs { get; set; } = [];

    /// <summary>The split reader, in a source task.</summary>
    public SourceDriver? Source { get; set; }

    /// <summary>Where the source's batches enter.</summary>
    public ChainInput? SourceInput { get; set; }

    /// <summary>By output of an operator: where rows enter that it gives out on its own account.</summary>
    public Dictionary<object, ChainInput> EntriesBehind { get; } = [];

    /// <summary>By operator: puts a guard on its outputs, or takes it off.</summary>
    public Dictionary<OperatorId, Action<IRowGuard?>> Guards { get; } = [];

    /// <summary>Takes what operators give out on their own account, one by one; null where batches go on as they are.</summary>
    public IRowGuard? Guard { get; set; }

    /// <summary>The inputs whose dead letters are kept.</summary>
    public List<ChainInput> InputsWithLetters { get; } = [];

    /// <summary>Forgets the rows that stand in outputs between operators.</summary>
    public Action DiscardOutputs { get; set; } = static () => { };

    /// <summary>The epoch that rows belong to now.</summary>
    public EpochInfo Epoch { get; private set; }

    /// <summary>How often an epoch was begun; an epoch that runs again counts again.</summary>
    public long EpochRuns { get; private set; }

    /// <summary>The merged watermark.</summary>
    public Watermark Watermark { get; private set; } = Watermark.Minimum;

    public bool IsBlocked
    {
        get
        {
            foreach (var channel in Channels)
            {
                if (channel.IsBlocked)
                    return true;
            }

            return false;
        }
    }

    public bool HasOpenRows
    {
        get
        {
            foreach (var gate in Gates)
            {
                if (gate.HasOpenRows)
                    return true;
            }

            return false;
        }
    }

    public void BeginEpoch(EpochInfo epoch)
    {
        Epoch = epoch;
        EpochRuns++;
        State.BeginEpoch(epoch.Epoch);
        foreach (var gate in Gates)
            gate.BeginEpoch(epoch);
        CallSink(static (sink, begun) => sink.Begin(begun));
    }

    /// <summary>All input of the epoch is in: operators give out what belongs to it, sinks prepare, the barrier goes on.</summary>
    public void EndEpoch()
    {
        ForEachOperator("at the end of", static (id, @operator, chain) =>
        {
            @operator.OnEpoch(chain.Epoch);
            chain.Faults?.AfterEpoch(id);
        });
        CallSink(static (sink, epoch) => sink.Prepare(epoch.Epoch));
        SendControl(ControlItem.Barrier.Instance);
    }

    /// <summary>The merged watermark moved, or counts again: operators hear of it, then the tasks behind the gates.</summary>
    public void AdvanceWatermark(Watermark watermark)
    {
        if (watermark > Watermark)
        {
            Watermark = watermark;
            ForEachOperator("at a watermark of", static (_, @operator, chain) => @operator.OnWatermark(chain.Watermark));
        }

        SendControl(new ControlItem.Watermark(Watermark));
    }

    public void SendControl(ControlItem control)
    {
        foreach (var gate in Gates)
            gate.SendControl(control);
    }

    public void FlushGates()
    {
        foreach (var gate in Gates)
            gate.Flush();
    }

    /// <summary>Stands where a checkpoint says: operators have heard of this watermark.</summary>
    public void RestoreWatermark(Watermark watermark) => Watermark = watermark;

    /// <summary>Takes back every epoch behind <paramref name="committed"/>, at whose end the watermark was <paramref name="watermark"/>.</summary>
    public void RollBack(Epoch committed, Watermark watermark)
    {
        Watermark = watermark;
        DiscardOutputs();
        // So that an epoch that was already open is opened anew: tables, gates and sink must begin it again.
        Epoch = default;
        State.RollBackTo(committed);
        foreach (var end in Ends)
            end.DropRow();
        foreach (var gate in Gates)
            gate.RollBack();
        Sink?.Abort(committed);
        foreach (var (_, @operator) in Operators)
            @operator.OnRollBack();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            foreach (var (_, @operator) in Operators)
                @operator.Close();
        }
        finally
        {
            Sink?.Dispose();
            Source?.Dispose();
        }
    }

    /// <summary>Calls the sink, if there is one, as an operator that is at work: one that does not come back is named.</summary>
    private void CallSink(Action<ISinkDriver, EpochInfo> call)
    {
        if (Sink is null)
            return;
        Progress.Enter(SinkId!.Value);
        call(Sink, Epoch);
        Progress.Leave();
    }

    private void ForEachOperator(string when, Action<OperatorId, Operator, TaskChain> call)
    {
        foreach (var (id, @operator) in Operators)
        {
            Progress.Enter(id);
            Guards.GetValueOrDefault(id)?.Invoke(Guard);
            try
            {
                call(id, @operator, this);
            }
            catch (Exception cause) when (cause is not JobEndingException)
            {
                var failure = UserFunctionException.IsPlaced(cause) ? cause : new UserFunctionException(id, cause);
                throw new UserFunctionException($"{failure.Message} ({when} {Epoch.Epoch})", cause) { Operator = id };
            }
            finally
            {
                Guards.GetValueOrDefault(id)?.Invoke(null);
            }
        }

        Progress.Leave();
    }
}
