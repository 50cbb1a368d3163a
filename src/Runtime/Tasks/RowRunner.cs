using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>Works a batch off record by record, to find the one that fails: each runs alone, and what a failed run did is taken back.</summary>
/// <remarks>
/// A record has three tries. Then its operator's <see cref="ErrorPolicy"/> decides: the job fails and names the record's place, or the
/// record is left out and counted, or becomes a dead letter. Records before the failing one have gone through, those behind it go on.
/// What operators give out at the end of an epoch or at a watermark are records too, for the operators behind them.
/// </remarks>
internal sealed class RowRunner(TaskChain chain, Func<OperatorId, ErrorPolicy> policyOf, TaskActivity? activity = null) : IRowGuard
{
    private const int Tries = 3;

    private readonly List<long> _marks = [];

    private long _skipped;
    private bool _isInRow;

    /// <summary>Whether any record failed since the last call of <see cref="TakeSkipped"/>, also if it went through later.</summary>
    public bool SawFailure { get; private set; }

    /// <summary>Records left out since the last call.</summary>
    public long TakeSkipped()
    {
        var skipped = _skipped;
        (_skipped, SawFailure) = (0, false);
        return skipped;
    }

    /// <inheritdoc/>
    public void Deliver<T>(Output<T> output, Batch<T> batch)
    {
        if (_isInRow)
        {
            output.Pass(batch);
            return;
        }

        var giver = chain.Progress.Current;
        Run(chain.EntriesBehind[output], batch, _ => $"given out by {giver}, {chain.Epoch.Epoch}");
    }

    /// <summary>Takes the batch over. <paramref name="placeOf"/> says where a row stands, for a person.</summary>
    public void Run(ChainInput input, Batch batch, Func<int, string> placeOf)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            if (input.Letters is { HasParked: true } letters && letters.TryPark(batch, row, placeOf(row)))
                continue;
            for (var attempt = 1; !TryRow(input, batch, row, out var cause); attempt++)
            {
                SawFailure = true;
                if (attempt < Tries)
                    continue;
                if (!TryLeaveOut(input, batch, row, cause, placeOf))
                    throw new JobEndingException($"{cause.Message} (three tries; {input.Describe(batch, row)}; {placeOf(row)})", cause);
                break;
            }
        }

        batch.Release();
    }

    private bool TryLeaveOut(ChainInput input, Batch batch, int row, UserFunctionException cause, Func<int, string> placeOf)
    {
        var policy = policyOf(cause.Operator);
        switch (policy)
        {
            case ErrorPolicy.Skip:
                _skipped++;
                return true;
            case ErrorPolicy.DeadLetter or ErrorPolicy.Park:
                input.Letters!.Add(batch, row, cause, placeOf(row), parks: policy == ErrorPolicy.Park);
                return true;
            default:
                return false;
        }
    }

    private bool TryRow(ChainInput input, Batch batch, int row, out UserFunctionException cause)
    {
        cause = null!;
        activity?.Begin();
        chain.State.Mark(_marks);
        foreach (var end in chain.Ends)
            end.BeginRow();
        _isInRow = true;
        try
        {
            input.Deliver(input.RowOf(batch, row));
            foreach (var end in chain.Ends)
                end.CommitRow();
            chain.State.Release(_marks);
            return true;
        }
        catch (UserFunctionException failure)
        {
            cause = failure;
        }
        finally
        {
            _isInRow = false;
        }

        chain.DiscardOutputs();
        foreach (var end in chain.Ends)
            end.DropRow();
        chain.State.UndoTo(_marks);
        return false;
    }
}
