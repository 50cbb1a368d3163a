using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tasks;

/// <summary>The operators of one task between its inputs and its ends, and the state that they share an epoch with.</summary>
internal sealed class TaskChain : IDisposable
{
    public TaskState State { get; } = new();

    /// <summary>Where it says which operator is at work.</summary>
    public required OperatorProgress Progress { get; init; }

    /// <summary>In chain order.</summary>
    public List<(OperatorId Id, Operator Operator)> Operators { get; } = [];

    public List<IOutputGate> Gates { get; } = [];

    /// <summary>The sink; a chain has one at most.</summary>
    public ISinkDriver? Sink { get; set; }

    public List<ChainEnd> Ends { get; } = [];

    /// <summary>Output channels over all gates, as the protocol counts them.</summary>
    public OutputChannel[] Channels { get; set; } = [];

    /// <summary>The entry of every input channel.</summary>
    public ChainInput[] Inputs { get; set; } = [];

    /// <summary>The split reader, in a source task.</summary>
    public SourceDriver? Source { get; set; }

    /// <summary>Where the source's batches enter.</summary>
    public ChainInput? SourceInput { get; set; }

    /// <summary>Forgets the rows that stand in outputs between operators.</summary>
    public Action DiscardOutputs { get; set; } = static () => { };

    /// <summary>The epoch that rows belong to now.</summary>
    public EpochInfo Epoch { get; private set; }

    /// <summary>How often an epoch was begun; an epoch that runs again counts again.</summary>
    public long EpochRuns { get; private set; }

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
        Sink?.Begin(epoch);
    }

    /// <summary>All input of the epoch is in: operators give out what belongs to it, sinks prepare, the barrier goes on.</summary>
    public void EndEpoch()
    {
        foreach (var (id, @operator) in Operators)
        {
            Progress.Enter(id);
            try
            {
                @operator.OnEpoch(Epoch);
            }
            catch (Exception cause)
            {
                var failure = cause is MillraceException ? cause : new UserFunctionException(id, cause);
                throw new UserFunctionException($"{failure.Message} (at the end of {Epoch.Epoch})", cause) { Operator = id };
            }
        }

        Progress.Leave();

        Sink?.Prepare(Epoch.Epoch);
        foreach (var gate in Gates)
            gate.SendBarrier();
    }

    public void FlushGates()
    {
        foreach (var gate in Gates)
            gate.Flush();
    }

    /// <summary>Takes back every epoch behind <paramref name="committed"/>.</summary>
    public void RollBack(Epoch committed)
    {
        Epoch = default;
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
        foreach (var (_, @operator) in Operators)
            @operator.Close();
        Sink?.Dispose();
        Source?.Dispose();
    }
}
